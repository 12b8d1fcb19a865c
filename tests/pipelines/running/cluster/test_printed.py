"""Scripts to adapt: one for each array, whose tasks are one command, and one that submits them in order."""

import re
from pathlib import Path

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.running.cluster.jobs import known_arrays
from diffrep.pipelines.running.cluster.printed import print_scripts
from diffrep.pipelines.running.repro import repro

PRINTED = Path("runs", "logs", "cluster", "printed")


def printed(params) -> dict[str, str]:
    print_scripts(params, lambda gpu, dataset: {}, ())
    return {path.name: path.read_text() for path in PRINTED.iterdir()}


def test_every_stage_that_is_out_of_date_is_in_a_script_and_nothing_runs(project, capsys):
    Path("cluster.yaml").write_text("partition: gpu\nsetup: [module load cuda]\n")
    scripts = printed(project)
    assert set(scripts) == {"submit.sh", *(f"{uid.split('-', 2)[2]}.sh" for uid in known_arrays())}
    assert {job.name for array in known_arrays().values() for job in array.jobs} == {
        *("code", "train_a", "train_b", "encode_a", "encode_b"),
    }
    assert not Path("runs", "code.txt").exists()
    train = next(text for name, text in scripts.items() if name.endswith("train_a.sh"))
    assert "#SBATCH --partition=gpu\n" in train
    assert "\nmodule load cuda\ndiffrep task diffrep-" in train
    assert "5 tasks in 5 arrays: bash runs/logs/cluster/printed/submit.sh submits them" in capsys.readouterr().out


def test_they_are_submitted_in_order_each_behind_what_it_needs(project):
    lines = printed(project)["submit.sh"].splitlines()
    submitted = [line for line in lines if "sbatch" in line]
    for number, line in enumerate(submitted):
        assert line.startswith(f"A{number}=$(sbatch --parsable")
        waits = [int(number) for number in re.findall(r"\$A(\d+)", line)]
        assert all(other < number for other in waits)
    assert sum("--dependency=afterany:$A0" in line for line in submitted) == 2


def test_with_nothing_to_do_nothing_is_written(project):
    repro(project, 1)
    with pytest.raises(UserError, match="everything is up to date but the report"):
        printed(project)
