#!/usr/bin/env bash
# A SLURM of one node on loopback, in the folder $1: munge, the controller and the node's daemon, no accounting database.
# With $2 task slots. Afterwards SLURM_CONF=$1/slurm.conf finds it; the ids of its processes are in $1/*.pid.
set -euo pipefail
folder=$(realpath "$1") slots=$2 name=$(hostname -s)
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
mkdir -p "$folder"/{state,spool}
chmod 755 "$folder"
head -c 1024 /dev/urandom > "$folder/munge.key"
chmod 400 "$folder/munge.key"
cat > "$folder/slurm.conf" <<CONF
ClusterName=loopback
SlurmctldHost=$name(127.0.0.1)
SlurmctldPort=$(port)
SlurmdPort=$(port)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=10
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=5,batch_sched_delay=1,bf_interval=5
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
JobRequeue=1
KillWait=30
MinJobAge=300
ReturnToService=2
MailProg=/bin/true
NodeName=$name NodeAddr=127.0.0.1 CPUs=$slots RealMemory=64000 State=UNKNOWN
PartitionName=main Nodes=$name Default=YES MaxTime=INFINITE State=UP
CONF
munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munge.pid" \
  --log-file="$folder/munge.log" --seed-file="$folder/munge.seed" --num-threads=2
export SLURM_CONF="$folder/slurm.conf"
slurmctld
slurmd
for _ in $(seq 120); do
  sinfo --noheader --format=%T 2> "$folder/sinfo.log" | grep -qE '^(idle|mixed|allocated)$' && exit 0
  sleep 1
done
echo "no node came up in two minutes; the daemons' logs are in $folder" >&2
exit 1
