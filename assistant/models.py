"""The language model of the settings, opened through LangChain; its key is shown to nobody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from corpus.errors import SettingsError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# Servers on one's own machine want no key, but the client insists on one.
NO_KEY = "none"
EXAMPLE = "WENGUI_LLM=openai:qwen-plus"
_NAME = re.compile(r"[a-z][\w-]*:\S+")
# Providers that are reached by the package `langchain-<provider>` under another name, or by an extra.
_PACKAGES: Mapping[str, str] = {"openai": "wengui[llm]"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What the assistant is told about its language model; an empty `name` means that there is none.

    `timeout_seconds` is what a whole reply may take.
    """

    name: str = ""
    base_url: str = ""
    timeout_seconds: float = 60.0
    api_key: SecretStr = field(default=SecretStr(""), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModel:
    """An opened model under the name that answers give it, with the time that a reply may take."""

    name: str
    chat: "BaseChatModel"
    timeout_seconds: float


def _checked(settings: ModelSettings) -> None:
    if not _NAME.fullmatch(settings.name):
        raise SettingsError(
            f"设置 llm 的值 {settings.name!r} 不合适。请写成“提供方:模型名”,例如 {EXAMPLE}。"
        )
    if settings.base_url and urlsplit(settings.base_url).scheme not in {"http", "https"}:
        raise SettingsError(
            f"设置 llm_base_url 的值 {settings.base_url!r} 不是网址。"
            "请写成 http:// 或 https:// 开头的地址,例如 http://127.0.0.1:11434/v1。"
        )


def _options(settings: ModelSettings) -> dict[str, Any]:
    """What the model is opened with. We repeat a request ourselves, within the time of the reply."""
    key = settings.api_key.get_secret_value()
    options: dict[str, Any] = {
        "temperature": 0,
        "max_retries": 0,
        "timeout": settings.timeout_seconds,
    }
    if settings.base_url:
        # A key of the environment that was meant for another server is not sent to this one.
        options |= {"base_url": settings.base_url, "api_key": key or NO_KEY}
    elif key:
        options["api_key"] = key
    if settings.name.startswith("openai:"):
        options["use_responses_api"] = False  # compatible servers speak chat completions
    return options


def open_model(settings: ModelSettings) -> LanguageModel | None:
    """The model that the settings name, or None where they name none; nothing is asked of it yet.

    Raises SettingsError where the name is not of the form provider:model, the provider is unknown, its
    package is missing, or it wants a key.
    """
    if not settings.name:
        return None
    _checked(settings)
    from langchain.chat_models import init_chat_model

    provider = settings.name.partition(":")[0]
    try:
        chat = init_chat_model(settings.name, **_options(settings))
    except ImportError as error:
        package = _PACKAGES.get(provider, f"langchain-{provider.replace('_', '-')}")
        raise SettingsError(
            f"设置 llm 的提供方 {provider} 缺少软件包。请运行 pip install '{package}',或清空 WENGUI_LLM。"
        ) from error
    except Exception as error:  # noqa: BLE001 - each provider's package has errors of its own
        raise SettingsError(
            f"语言模型 {settings.name} 打不开({type(error).__name__})。"
            "请检查设置 llm、llm_base_url 和环境变量 WENGUI_LLM_API_KEY,或清空 WENGUI_LLM。"
        ) from None
    return LanguageModel(name=settings.name, chat=chat, timeout_seconds=settings.timeout_seconds)
