"""Makes the page of commands from the commands themselves whenever the site is built."""

from mkdocs.structure.files import File, Files
from typer.main import get_command

from dualroute.cli import app

PAGE = "reference/commands.md"
INTRO = (
    "# Commands\n\nEvery command is called as `python -m dualroute NAME`; an installed package also offers `dualroute "
    "NAME`. `--help` after a name shows what stands here.\n"
)


def on_files(files: Files, config) -> Files:
    """Add the page of commands."""
    files.append(File.generated(config, PAGE, content=commands_page()))
    return files


def commands_page() -> str:
    """The commands with their arguments and options, in the order of `--help`."""
    return INTRO + "".join(_section(name, command) for name, command in get_command(app).commands.items())


def _section(name: str, command) -> str:
    about = (command.help or "").strip()
    rows = "".join(_row(parameter) for parameter in command.params if parameter.name != "help")
    table = f"\n| argument or option | what |\n|---|---|\n{rows}" if rows else ""
    return f"\n## {name}\n\n{about}\n{table}"


def _row(parameter) -> str:
    names = [*parameter.opts, *parameter.secondary_opts] if parameter.param_type_name == "option" else []
    called = ", ".join(f"`{name}`" for name in names) or f"`{parameter.metavar or parameter.name.upper()}`"
    about = " ".join((getattr(parameter, "help", "") or "").split()).replace("|", "\\|").replace("<", "&lt;")
    return f"| {called}{' (required)' if parameter.required else ''} | {about} |\n"
