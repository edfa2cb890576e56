"""A Slurm cluster of two nodes on this machine: daemons of its own, with a key of their own."""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

NODES = ("left", "right")
MARK = "# The test cluster of two nodes. Removed when the tests end.\n"

# The executor plugin drops SLURM_CONF before it submits: the configuration has to be here.
CONFIG = Path("/etc/slurm/slurm.conf")

SETTINGS = """\
ClusterName=twonodes
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=26817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
StateSaveLocation={folder}/state
SlurmdPidFile={folder}/%n.pid
SlurmdLogFile={folder}/%n.log
SlurmdSpoolDir={folder}/%n.spool
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,bf_interval=1
AccountingStorageType=accounting_storage/none
ReturnToService=2
KillWait=1
NodeName=left NodeHostname=localhost NodeAddr=127.0.0.1 Port=26901 CPUs=8 RealMemory=16000
NodeName=right NodeHostname=localhost NodeAddr=127.0.0.1 Port=26902 CPUs=8 RealMemory=16000
PartitionName=both Nodes=left,right Default=YES MaxTime=02:00:00 LLN=YES State=UP
PartitionName=steady Nodes=left MaxTime=02:00:00 State=UP
"""


def missing() -> str:
    """Why no cluster can be started here, or nothing."""
    absent = [name for name in ("slurmctld", "slurmd", "munged") if not shutil.which(name)]
    if absent:
        return f"no {', '.join(absent)} here (Debian: apt-get install slurm-wlm)"
    if os.geteuid() != 0:
        return "only root can start Slurm's daemons"
    if CONFIG.exists() and not CONFIG.read_text().startswith(MARK):
        return f"this machine has a {CONFIG} of its own"
    return ""


class Cluster:
    """Only where nothing is ``missing``, and one at a time: another waits for its turn."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._started = []
        self._nodes = {}
        self._turn = open("/run/lock/twonodes-slurm", "w")  # noqa: SIM115
        fcntl.flock(self._turn, fcntl.LOCK_EX)

    def start(self) -> None:
        _stop_leftovers()
        (self.folder / "state").mkdir()
        CONFIG.write_text(MARK + SETTINGS.format(folder=self.folder))
        self._start_munge()
        self._daemon("slurmctld", "-D")
        for node in NODES:
            self._start_node(node)
        _until(lambda: self.states() == {"idle"}, "all nodes to be idle")

    def stop(self) -> None:
        run("scancel", "--user=root", check=False)
        for process in reversed(self._started):
            process.terminate()
        for process in reversed(self._started):
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
        for node in NODES:
            self._kill_jobs_of(node)
        CONFIG.unlink(missing_ok=True)
        self._turn.close()

    def states(self) -> set[str]:
        return set(run("sinfo", "-N", "-h", "-o", "%t", check=False).split())

    def jobs(self, name: str = "") -> list[dict[str, str]]:
        """What Slurm knows of all jobs, or those of one name, also of those that have ended."""
        lines = run("scontrol", "--oneliner", "show", "jobs").splitlines()
        jobs = [dict(f.split("=", 1) for f in line.split(" ") if "=" in f) for line in lines]
        return [job for job in jobs if job and name in job["JobName"]]

    def take_down(self, node: str) -> set[str]:
        """As if its power had gone: the daemon and its jobs, whose ids are returned, are dead."""
        self._nodes[node].kill()
        self._nodes[node].wait()
        self._kill_jobs_of(node)
        lost = [j for j in self.jobs() if (j["JobState"], j["NodeList"]) == ("RUNNING", node)]
        run("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
        return {job["JobId"] for job in lost}

    def bring_back(self, node: str) -> None:
        self._start_node(node)  # on which Slurm takes it back (ReturnToService)
        _until(lambda: self.states() <= {"idle", "mix", "alloc"}, f"{node} to be back")

    def _daemon(self, *command) -> subprocess.Popen:
        with open(self.folder / f"{command[0]}.out", "a") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self._started.append(process)
        return process

    def _start_munge(self) -> None:
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(secrets.token_bytes(128))
        files = {f"--{kind}-file": f"munge.{kind}" for kind in ("key", "pid", "log", "seed")}
        files["--socket"] = "munge.socket"
        options = [f"{option}={self.folder / name}" for option, name in files.items()]
        self._daemon("munged", "--foreground", "--force", *options)
        _until((self.folder / "munge.socket").exists, "munged")

    def _start_node(self, node: str) -> None:
        self._nodes[node] = self._daemon("slurmd", "-D", "-N", node)

    def _kill_jobs_of(self, node: str) -> None:
        for pid in _processes_on(node):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def run(*command: str, check: bool = True) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def _stop_leftovers() -> None:
    """The daemons of tests that were killed: where the configuration is that of the tests, so are
    they."""
    for process in psutil.process_iter(["name", "cmdline"]) if CONFIG.exists() else ():
        is_munge = process.info["name"] == "munged" and "--force" in process.info["cmdline"]
        if is_munge or process.info["name"] in ("slurmctld", "slurmd", "slurmstepd"):
            with suppress(psutil.Error):
                process.kill()
                process.wait(10)


def _processes_on(node: str) -> list[int]:
    """Processes of jobs on a node; the Slurm processes that watch them come first."""
    watchers, found = set(), []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"SLURMD_NODENAME={node}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                if "slurmstepd" in Path("/proc", parent, "comm").read_text():
                    watchers.add(int(parent))
    return [*watchers, *found]


def _until(condition, what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {seconds} s for {what}")
        time.sleep(0.2)
