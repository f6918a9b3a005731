"""Errors that a user can put right.

    WenguiError                 what happened, to which thing, and what to do next
    ├── InputError              a question, a file or a batch line that cannot be used (exit status 2)
    │   ├── QuestionError       an empty, too long or undecodable question
    │   └── DocumentError       a source file that cannot be read as a document
    ├── SettingsError           a value in wengui.toml or WENGUI_* that does not fit (exit status 2)
    ├── EmbedderError           the embedding model cannot be prepared or loaded
    ├── IndexMissingError       no index where one is expected
    ├── IndexStaleError         an index that was built with other documents, words or embedder
    ├── ModelError              the language model does not answer as it should
    ├── IndexDamagedError       an index whose files are not what the build wrote
    ├── IndexBusyError          another process builds and does not come to an end
    ├── VectorServerError       a Chroma server that does not answer
    │   └── VectorsMissingError a Chroma server without the vectors of this index
    ├── FeedbackError           the file of the readers' feedback cannot be used
    ├── BusyError               too many questions at once, or one that took too long
    ├── SetupError              a package that the program needs is not there
    └── ServeError              the page or the HTTP service cannot be started

Command line, HTTP and page catch exactly `WenguiError`. A bug keeps its traceback.
"""


class WenguiError(Exception):
    """Something the user can put right; the text is one Chinese sentence with the remedy."""

    exit_status = 1


class InputError(WenguiError):
    """What was handed in cannot be used."""

    exit_status = 2


class QuestionError(InputError):
    """A question is empty, too long or not text."""


class DocumentError(InputError):
    """A source file cannot be read as a document."""


class SettingsError(InputError):
    """A setting has a value that does not fit."""


class EmbedderError(WenguiError):
    """The embedding model cannot be prepared or loaded."""


class IndexMissingError(WenguiError):
    """There is no index where one is expected."""


class IndexStaleError(WenguiError):
    """The index was built from other documents, words or embedder than the present ones."""


class IndexDamagedError(WenguiError):
    """Files of the index are missing or not what the build wrote."""


class IndexNotWrittenError(WenguiError):
    """The index could not be written; the one before stands."""


class IndexBusyError(WenguiError):
    """Another process is building the index and does not come to an end."""


class VectorServerError(WenguiError):
    """The Chroma server does not answer."""


class VectorsMissingError(VectorServerError):
    """The Chroma server answers but does not hold the vectors of this index."""


class FeedbackError(WenguiError):
    """The file that keeps what readers say cannot be used."""


class ServeError(WenguiError):
    """The page or the HTTP service cannot be started."""


class BusyError(WenguiError):
    """There is no answer now; asking again after `retry_seconds` may get one."""

    def __init__(self, message: str, retry_seconds: int) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


class SetupError(WenguiError):
    """A package that the program needs is not installed."""


class ModelError(WenguiError):
    """The language model did not answer as it should; `passing` where asking again may help.

    `notice` says it beside the answer that stands without the model.
    """

    def __init__(self, what: str, remedy: str, *, passing: bool = False) -> None:
        super().__init__(f"语言模型{what}。{remedy}")
        self.notice = f"语言模型{what},这是直接取自原文的回答。"
        self.passing = passing
