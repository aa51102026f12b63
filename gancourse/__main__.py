"""`python -m gancourse`: the command line, for when the scripts' folder is not on the path."""

from gancourse.cli import app

app(prog_name="gancourse")
