"""The settings of the program, from `wengui.toml` and `WENGUI_*`: the only reader of both."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import (
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    TypeAdapter,
    ValidationError,
)

import corpus
from assistant.models import ModelSettings
from assistant.web.limits import Limits
from corpus.errors import SettingsError
from index.settings import ONNX, Engine, IndexSettings

PREFIX = "WENGUI_"
FILE = "wengui.toml"
# What only the environment may hold.
SECRETS = frozenset({"llm_api_key"})


def _default_data_folder() -> Path:
    """`data` in a checkout, wherever it is called from; the user's data folder once installed."""
    root = Path(corpus.__file__).resolve().parent.parent
    checkout = (root / "pyproject.toml").is_file()
    return (
        root / "data" if checkout else Path(platformdirs.user_data_dir("wengui", appauthor=False))
    )


def _default_results_folder() -> Path:
    """Where a checkout keeps the reports that are committed; the user's own once installed."""
    results = Path(corpus.__file__).resolve().parent.parent / "evals" / "results"
    return results if results.is_dir() else _default_data_folder() / "evals"


def _default_cache_folder() -> Path:
    return Path(platformdirs.user_cache_dir("wengui", appauthor=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the program can be told; each name is a key of wengui.toml and, in capitals, of `WENGUI_*`.

    Attributes:
        data_folder: 索引和文件库存放的文件夹 (a checkout keeps it beside the code).
        cache_folder: 可再生文件的文件夹 (the offline embedder: shared by all checkouts of a user).
        embedder: 嵌入模型:offline、hashing、文件夹或模型名 (offline: no network is needed).
        engine: 回答时运行离线嵌入模型的引擎:onnx 或 torch (onnx: several times as fast, without torch).
        reranker: 重排模型(CrossEncoder)的文件夹或模型名,空为内置权重 (the fitted weights need no model).
        chroma_url: 存放向量的 Chroma 服务器,如 http://127.0.0.1:8000 (none: one machine needs no server).
        results_folder: 评测报告的文件夹 (the page shows the reports in it).
        host: 网页监听地址 (loopback: nobody else can reach the page until someone opens it).
        port: 网页监听端口 (Gradio's usual port).
        allowed_hosts: 除本机名外还以哪些主机名提供服务,用逗号隔开 (none: no name of others leads here).
        trusted_proxies: 信任哪些反向代理报告的来访地址,用逗号隔开 (a proxy on this machine).
        answers_at_once: 同时作几个回答 (two cores).
        answers_waiting: 最多几个问题排队 (50 people at once; each waits for a few seconds at most).
        answer_timeout_seconds: 一个问题最多几秒,含排队 (more than a language model is waited for).
        requests_per_minute: 每个来访地址每分钟最多几个问题,0 为不限;本机不限 (a person asks one in five seconds).
        log_questions: 日志里写不写问题 (what people ask is theirs).
        llm: 语言模型,写成“提供方:模型名” (none: what the program quotes needs no model).
        llm_base_url: 语言模型服务的地址 (empty: the provider's own).
        llm_timeout_seconds: 等语言模型答完的秒数 (a small model on a processor takes about that long).
        llm_api_key: 语言模型的密钥;只能用环境变量给出 (files are read and copied by others).
    """

    data_folder: Path = field(default_factory=_default_data_folder)
    cache_folder: Path = field(default_factory=_default_cache_folder)
    embedder: str = "offline"
    engine: Engine = ONNX
    reranker: str = ""
    chroma_url: str = ""
    results_folder: Path = field(default_factory=_default_results_folder)
    host: str = "127.0.0.1"
    port: int = 7860
    allowed_hosts: str = ""
    trusted_proxies: str = "127.0.0.1"
    answers_at_once: PositiveInt = 2
    answers_waiting: NonNegativeInt = 50
    answer_timeout_seconds: PositiveFloat = 90.0
    requests_per_minute: NonNegativeInt = 120
    log_questions: bool = False
    llm: str = ""
    llm_base_url: str = ""
    llm_timeout_seconds: PositiveFloat = 60.0
    llm_api_key: SecretStr = field(default=SecretStr(""), repr=False)

    @property
    def library_folder(self) -> Path:
        """Where added documents are kept."""
        return self.data_folder / "library"

    @property
    def limits(self) -> Limits:
        """The part that the service is told."""
        return Limits(
            at_once=self.answers_at_once,
            waiting=self.answers_waiting,
            answer_seconds=self.answer_timeout_seconds,
            per_minute=self.requests_per_minute,
        )

    @property
    def model(self) -> ModelSettings:
        """The part that the language model is told."""
        return ModelSettings(
            name=self.llm,
            base_url=self.llm_base_url,
            timeout_seconds=self.llm_timeout_seconds,
            api_key=self.llm_api_key,
        )

    @property
    def feedback_file(self) -> Path:
        """Where what readers say of answers is kept."""
        return self.data_folder / "feedback.sqlite3"

    @property
    def index(self) -> IndexSettings:
        """The part that the index is told."""
        return IndexSettings(
            index_folder=self.data_folder / "index",
            cache_folder=self.cache_folder,
            embedder=self.embedder,
            engine=self.engine,
            reranker=self.reranker,
            chroma_url=self.chroma_url,
        )


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"设置文件 {path} 读不出来({error})。请按 TOML 格式改正。") from error


def load_settings(
    environment: Mapping[str, str] | None = None, file: Path | None = None
) -> Settings:
    """The settings: defaults, over them wengui.toml of the working folder, over that `WENGUI_*`.

    Raises SettingsError with the name, the value and the remedy where one does not fit.
    """
    environment = os.environ if environment is None else environment
    names = set(Settings.__dataclass_fields__)
    values = _from_file(file or Path(FILE))
    unknown = sorted(set(values) - names)
    if unknown:
        raise SettingsError(
            f"设置文件 {file or FILE} 里没有名为 {unknown[0]!r} 的设置。可用的有:{'、'.join(sorted(names))}。"
        )
    if secret := sorted(SECRETS & set(values)):
        raise SettingsError(
            f"设置 {secret[0]} 不能写在文件里。请从文件中删去它,改用环境变量 {PREFIX}{secret[0].upper()}。"
        )
    values |= {
        name: environment[PREFIX + name.upper()]
        for name in names
        if environment.get(PREFIX + name.upper())
    }
    try:
        return TypeAdapter(Settings).validate_python(values)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise SettingsError(
            f"设置 {name}(环境变量 {PREFIX}{name.upper()})的值 {values[name]!r} 不合适。请改成合适的值或删去它。"
        ) from error
