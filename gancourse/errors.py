"""The one exception that means "the input is wrong", as opposed to "the code is"."""


class InputError(ValueError):
    """Bad input from the user.

    Its message is one line: the file or value, what was expected, and what to do next. The command line
    prints it and exits with status 2; notebooks show it as any other exception.
    """
