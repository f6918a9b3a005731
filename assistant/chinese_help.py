"""Click's own words on the command line, in Chinese."""

from collections.abc import Iterable

import click

_HEADINGS = {"Options": "选项", "Arguments": "参数", "Commands": "命令"}
_HELP_TEXTS = {"Show this message and exit.": "显示用法"}
_KINDS = {"argument": "参数", "option": "选项"}


class ChineseFormatter(click.HelpFormatter):
    """Writes usage and headings in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that says how to call a command."""
        super().write_usage(prog, args, prefix="用法:")

    def write_heading(self, heading: str) -> None:
        """The heading of a list."""
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """A list of names and what they mean."""
        translated = [(name, _HELP_TEXTS.get(text, text)) for name, text in rows]
        super().write_dl(translated, col_max, col_spacing)


class ChineseContext(click.Context):
    """A context whose help is written in Chinese."""

    formatter_class = ChineseFormatter


def in_chinese(command: click.Command) -> click.Command:
    """The command with its help, and that of the commands below it, in Chinese."""
    command.context_class = ChineseContext
    command.options_metavar = "[选项]" if command.options_metavar else command.options_metavar
    if isinstance(command, click.Group):
        command.subcommand_metavar = "命令 [参数]…"
        for child in command.commands.values():
            in_chinese(child)
    return command


def _expected(parameter: click.Parameter | None) -> str:
    """What a parameter takes."""
    kind = parameter.type if parameter else None
    if isinstance(kind, click.IntRange):
        return f"应为 {kind.min} 到 {kind.max} 的整数"
    if isinstance(kind, click.Choice):
        return f"应为 {'、'.join(map(str, kind.choices))} 之一"
    return "请对照用法改正"


def _named(error: click.BadParameter) -> str:
    """The parameter as the command line writes it: 选项 --k, 参数 问题."""
    parameter = error.param
    if parameter is None:
        return "参数"
    is_option = isinstance(parameter, click.Option)
    name = parameter.opts[0] if is_option else parameter.metavar or parameter.name
    return f"{_KINDS[parameter.param_type_name]} {name}"


def usage_message(error: click.ClickException) -> str:
    """What click found wrong with a command line, as a Chinese sentence."""
    match error:
        case click.NoSuchOption():
            return f"没有选项 {error.option_name}。"
        case click.MissingParameter():
            return f"缺少{_named(error)}。"
        case click.BadParameter():
            return f"{_named(error)} 的值不合适,{_expected(error.param)}。"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 需要一个值。"
        case click.NoSuchCommand():
            return f"没有命令 {error.command_name}。"
        case _:
            return "命令行有多余或不认识的部分。"
