"""Who runs this process, where no request tells who is at it."""

import os
import pwd
import sys
from pathlib import Path


def account() -> str:
    """The account that the system knows, not what the environment says."""
    uid = os.geteuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # containers often run under a number that has no name
        return f"user {uid}"


def operator() -> str:
    """`command rotate_key as amal`; of any other process the name of its program."""
    program, *arguments = sys.argv or ["python"]
    name = Path(program).name
    if name == "manage.py" and arguments:
        return f"command {arguments[0]} as {account()}"
    return f"{name or 'python'} as {account()}"
