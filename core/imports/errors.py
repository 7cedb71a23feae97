"""Why an import cannot go on, in words a person can act on."""


class ImportRefused(Exception):
    """The file cannot be read or the register refuses it; nothing was stored."""

    def __init__(self, message: str, code: str = "unreadable") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class UndoBlocked(Exception):
    """Something was built on the imported rows; ``blocks`` names each obstacle."""

    def __init__(self, blocks: list[str]) -> None:
        super().__init__("；".join(blocks))
        self.blocks = blocks


class CellProblem(Exception):
    """One cell cannot be taken over."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
