"""The command `wengui`: finds the commands that the packages register, and says errors in Chinese."""

import errno
import os
import sys
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

import click

from assistant.chinese_help import in_chinese, usage_message
from corpus.errors import WenguiError

COMMANDS = "wengui.commands"


class _UnknownCommandError(click.UsageError):
    """A command that nobody registered; its message is ours."""


class _Commands(click.Group):
    """Loads a command's module when that command is called, so that --help answers at once."""

    def _entries(self) -> dict[str, Any]:
        try:
            entries = distribution("wengui").entry_points
        except PackageNotFoundError:
            return {}
        return {entry.name: entry for entry in entries if entry.group == COMMANDS}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the registered commands, sorted."""
        return sorted(self._entries())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded; a usage error in Chinese where there is none."""
        entry = self._entries().get(cmd_name)
        if entry is None:
            names = "、".join(self.list_commands(ctx))
            raise _UnknownCommandError(f"没有命令 {cmd_name}。可用的命令:{names}。", ctx)
        return in_chinese(entry.load())

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, SUMMARIES.get(name, "")) for name in self.list_commands(ctx)]
            )


SUMMARIES = {
    "corpus": "文件库:添加、列出、查看、移除文件",
    "targets": "列出规划里的指标和数字",
    "check": "找出文件内部的矛盾",
    "ask": "回答一个问题,或一批问题",
    "search": "列出与一句话最相关的段落",
    "index": "建立、查看索引",
    "serve": "打开网页",
    "feedback": "导出读者对回答的反馈",
    "eval": "评测:运行、比较、报告、底线",
    "doctor": "检查各部分是否可用",
}


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="问规:向规划提问,得到带出处的简短回答。",
)
@click.pass_context
def wengui(ctx: click.Context) -> None:
    """Read the settings for the command that follows."""
    from assistant.settings import load_settings

    ctx.obj = load_settings()


def _message(error: click.ClickException) -> str:
    return error.message if isinstance(error, _UnknownCommandError) else usage_message(error)


def main() -> None:
    """Run the command line; exits 2 on bad input, 1 where a thing could not be done."""
    try:
        status = in_chinese(wengui)(prog_name="wengui", standalone_mode=False)
    except WenguiError as error:
        sys.exit(_fail(str(error), error.exit_status))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(0)
    except click.ClickException as error:
        sys.exit(_fail(f"{_message(error)} 用 wengui --help 查看用法。", 2))
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # nobody reads on: wengui … | head
        sys.exit(1)
    except OSError as error:
        sys.exit(_fail(_not_written(error), 1))
    except click.Abort:
        sys.exit(_fail("已中断。", 130))
    sys.exit(status if isinstance(status, int) else 0)


def _not_written(error: OSError) -> str:
    """What the machine refused: no space, a limit, a read-only folder; what stood before stands."""
    what = {
        errno.ENOSPC: "磁盘满了",
        errno.EDQUOT: "磁盘配额用完了",
        errno.EFBIG: "文件大小超过了系统的限制",
        errno.EROFS: "文件夹是只读的",
        errno.EACCES: "没有权限",
    }.get(error.errno or 0, f"读写文件失败({error.strerror or error})")
    where = f":{error.filename}" if error.filename else ""
    return (
        f"{what}{where}。原有的索引和文件库没有改动;请腾出空间、检查权限,或用 WENGUI_DATA_FOLDER "
        "换一个文件夹,再运行同一命令。"
    )


def _fail(message: str, status: int) -> int:
    click.echo(message, err=True)
    return status
