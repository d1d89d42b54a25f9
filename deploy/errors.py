"""What can go wrong here: every error says what is wrong and what to do about it, as those of the app do."""


class DeployError(Exception):
    """Base of all errors that end a command. `exit_status` follows sysexits.h."""

    exit_status = 70

    def __init__(self, what: str, todo: str) -> None:
        """`what` names the file, program or address and what is wrong with it, `todo` what the reader should do."""
        super().__init__(what, todo)
        self.what = what
        self.todo = todo

    def __str__(self) -> str:
        """Both sentences, for a terminal."""
        return f"{self.what}\n  What to do: {self.todo}"


class MissingProgram(DeployError):
    """A program of another package is not on this machine, or does not work."""

    exit_status = 69


class Unreachable(DeployError):
    """An address does not answer, or not with what is expected there."""

    exit_status = 69


class Refused(DeployError):
    """The other end answered, and refuses."""

    exit_status = 77


class ProcessDied(DeployError):
    """A process that should run has ended."""
