"""SLURM's commands as they are asked and as they answer, here by scripts of a line each."""

from pathlib import Path

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.running.cluster.jobs import Array, Job
from diffrep.pipelines.running.cluster.needs import Cluster, Need
from diffrep.pipelines.running.cluster.queue import SilentError
from diffrep.pipelines.running.cluster.slurm import Slurm, dependency, expect_slurm, options

NEED = Need(gpus=0, cpus=2, memory_gib=1.5, minutes=30)


@pytest.fixture
def answers(tmp_path, monkeypatch):
    """Has a command answer with these lines, and keeps what it was asked in asked.txt."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    def answer(command: str, *lines: str, code: int = 0) -> None:
        said = "\n".join(f"echo '{line}'" for line in lines)
        Path(command).write_text(f'#!/bin/sh\necho "{command} $@" >> {tmp_path}/asked.txt\n{said}\nexit {code}\n')
        Path(command).chmod(0o755)

    return answer


def array(uid: str = "run-000-train", tasks: int = 2) -> Array:
    jobs = [Job(name=f"train@{n}", command="true", deps=(), params=(), outs=()) for n in range(tasks)]
    return Array(uid=uid, need=NEED, jobs=tuple(jobs))


def test_states_are_of_tasks_by_the_names_of_their_arrays(answers):
    answers(
        "squeue", "run-000-train|1|RUNNING|18|17", "run-000-train|0|PENDING|17|17", "run-001-size|N/A|PENDING|20|20"
    )
    queue = Slurm(Cluster())
    assert queue.states(["run-000-train", "run-001-size"]) == {
        ("run-000-train", 1): "RUNNING",
        ("run-000-train", 0): "PENDING",
        ("run-001-size", 0): "PENDING",
    }
    assert queue.jobs == {"run-000-train": "17", "run-001-size": "20"}
    assert "--name=run-000-train,run-001-size" in Path("asked.txt").read_text()


def test_of_no_arrays_nothing_is_asked(answers):
    answers("squeue", code=1)
    assert Slurm(Cluster()).states([]) == {}


def test_a_queue_that_does_not_answer_is_told_apart(answers):
    answers("squeue", code=1)
    with pytest.raises(SilentError, match="squeue: "):
        Slurm(Cluster()).states(["run-000-train"])
    Path("squeue").write_text(
        "#!/bin/sh\necho squeue: error: no such host >&2\necho squeue: fatal: no server >&2\nexit 1\n"
    )
    with pytest.raises(SilentError, match=r"^squeue: fatal: no server$"):
        Slurm(Cluster()).states(["run-000-train"])


def test_how_a_task_ended_is_slurms_word(answers):
    answers("scontrol", "JobId=18 JobState=OUT_OF_MEMORY Reason=OutOfMemory Requeue=1 ExitCode=0:125")
    queue = Slurm(Cluster())
    assert queue.last_word(("run-000-train", 1)) == ""
    queue.jobs["run-000-train"] = "17"
    assert queue.last_word(("run-000-train", 1)) == "OUT_OF_MEMORY, exit code 0:125"
    assert "show job --oneliner 17_1" in Path("asked.txt").read_text()


def test_only_tasks_that_were_seen_are_cancelled(answers):
    answers("scancel")
    queue = Slurm(Cluster())
    queue.jobs["run-000-train"] = "17"
    queue.note("run-001-size", "18", single=True)
    queue.cancel([("run-000-train", 0), ("run-001-size", 0), ("other", 3)])
    assert Path("asked.txt").read_text() == "scancel 17_0 18\n"


@pytest.mark.parametrize(("line", "most"), [("MaxArraySize            = 101", 100), ("other = 1", 500)])
def test_arrays_are_as_large_as_the_cluster_says(answers, line, most):
    answers("scontrol", line)
    assert Slurm(Cluster()).most() == most


def test_an_array_waits_for_those_that_are_queued():
    after = {"a": "aftercorr", "b": "afterany", "gone": "afterany"}
    assert dependency(after, {"a": "17", "b": "18"}) == "aftercorr:17,afterany:18"


def test_options_are_what_the_file_says_and_the_task_asks_for():
    made = options(array(), Cluster(partition="gpu", sbatch={"constraint": "a100"}), "")
    assert (made["time"], made["mem"], made["cpus_per_task"], made["partition"]) == (30, "1536M", 2, "gpu")
    assert made["additional_parameters"]["constraint"] == "a100"
    assert not {"gpus_per_node", "account", "dependency"} & made.keys()


def test_submitit_hands_one_array_over_under_its_name(answers):
    pytest.importorskip("submitit")
    answers("srun")
    answers("sbatch", "Submitted batch job 17")
    queue = Slurm(Cluster())
    queue.submit(array())
    assert queue.jobs == {"run-000-train": "17"}
    (script,) = Path("runs/logs/cluster/submitted/run-000-train").glob("*submission.sh")
    text = script.read_text()
    assert "#SBATCH --job-name=run-000-train" in text
    assert "#SBATCH --array=0-1%2" in text
    answers("sbatch", "sbatch: error: invalid partition specified: gpu", code=1)
    with pytest.raises(UserError, match="SLURM refuses run-001-size"):
        queue.submit(array("run-001-size"))


def test_a_machine_without_slurm_is_told_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="no sbatch here: --engine slurm is for a machine from which jobs are sent"):
        expect_slurm()
