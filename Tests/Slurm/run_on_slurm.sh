#!/usr/bin/env bash
# Starts a Slurm of one machine, gives it a sweep, ends its tasks on the way, and compares the result
# with that of one process. Needs root, because a Slurm without a system's services does.
#
#   run_on_slurm.sh AFTERGLOW FOLDER [walltime]
#
# Tasks are sent the signal that Slurm sends before the time limit; with `walltime` a longer sweep
# runs into the limit itself, which takes some minutes because limits are whole minutes.
set -euo pipefail
afterglow=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
mode=${3:-signal}
here=$(cd "$(dirname "$0")" && pwd)

skip() {
  echo "skipped: $1"
  exit 0
}
[ "$(id -u)" = 0 ] || skip "a Slurm cannot be started without root"
packages="slurmctld slurmd slurm-client munge"
for package in $packages; do
  if ! dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q "ok installed"; then
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; } \
      > /dev/null 2>&1 || skip "Debian's packages of Slurm cannot be installed"
    break
  fi
done
if pgrep -x slurmctld > /dev/null || pgrep -x slurmd > /dev/null || [ -e /etc/slurm/slurm.conf ]; then
  skip "this machine has a Slurm already"
fi

rm -rf "$folder"
mkdir -p "$folder"/{state,spool,log,munge} "$folder/a sweep"
chmod 755 "$folder" "$folder/munge"
munge_socket="$folder/munge/socket"
conf="$folder/slurm.conf"
host=$(hostname -s)
hosts_line=
if ! getent hosts "$host" > /dev/null; then
  hosts_line="127.0.0.1 $host"
  echo "$hosts_line" >> /etc/hosts
fi

stop() {
  status=$?
  for daemon in slurmd slurmctld munged; do
    if [ -s "$folder/$daemon.pid" ]; then kill "$(cat "$folder/$daemon.pid")" 2> /dev/null || true; fi
  done
  if [ -n "$hosts_line" ]; then
    # In place, because a container may not let the file be replaced.
    grep -vxF "$hosts_line" /etc/hosts > "$folder/hosts" || true
    cat "$folder/hosts" > /etc/hosts
  fi
  if [ "$status" != 0 ]; then tail -n 20 "$folder"/log/*.log "$folder"/a\ sweep/*.log 2> /dev/null || true; fi
  exit "$status"
}
trap stop EXIT

dd if=/dev/urandom of="$folder/munge/key" bs=1 count=1024 status=none
chmod 400 "$folder/munge/key"
munged --force --socket="$munge_socket" --key-file="$folder/munge/key" \
  --pid-file="$folder/munged.pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" \
  2> /dev/null
cores=$(nproc)
memory=$(awk '/MemTotal/ {print int($2 / 1024 * 0.9)}' /proc/meminfo)
cat > "$conf" << CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# Tasks that are queued again begin behind this many seconds and not behind two minutes.
AuthInfo=socket=$munge_socket,cred_expire=5
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
ReturnToService=2
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MaxArraySize=1001
KillWait=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cores Boards=1 SocketsPerBoard=1 CoresPerSocket=$cores ThreadsPerCore=1 RealMemory=$memory State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$conf"
slurmctld -f "$conf" -c
slurmd -f "$conf" -c
for _ in $(seq 100); do
  sinfo -h -o %T 2> /dev/null | grep -q idle && break
  sleep 0.1
done
sinfo -h -o %T | grep -q idle || { echo "Slurm has not started"; exit 1; }

# Five parts in two tasks.
cd "$folder/a sweep"
samples=20000
if [ "$mode" = walltime ]; then samples=400000; fi
sed "s/samples: .*/samples: $samples/" "$here/sweep.yaml" > sweep.yaml
"$afterglow" run sweep.yaml -o alone.h5 --quiet
"$afterglow" submit sweep.yaml -o "it's all.h5" --shards 5 --array-limit 2 --time 1 --grace 10 \
  --retries 100 --partition test --json > submitted.json
array=$(sed -n 's/.*"arrayJob" : "\([0-9]*\)".*/\1/p' submitted.json)
if [ "$mode" = signal ]; then
  for _ in $(seq 100); do
    if ls ./*.shard-1-of-5.journal > /dev/null 2>&1; then break; fi
    sleep 0.1
  done
  sleep 0.5
  scancel --batch --signal=USR1 "$array"
fi
for _ in $(seq 3000); do
  if [ -z "$(squeue -h 2> /dev/null)" ]; then break; fi
  sleep 0.2
done
[ -z "$(squeue -h)" ] || { squeue; echo "the jobs did not end"; exit 1; }
queued_again=$(cat ./*.slurm-[0-9]*.log | grep -c "queued again" || true)
[ "$queued_again" -ge 1 ] || { echo "no task of job $array was ended"; exit 1; }
cmp alone.h5 "it's all.h5"

# A job that is cancelled is not queued again.
"$afterglow" submit sweep.yaml -o cancelled.h5 --shards 1 --partition test > /dev/null
for _ in $(seq 100); do
  if [ -e cancelled.h5.shard-1-of-1.journal ]; then break; fi
  sleep 0.1
done
scancel --user=root
for _ in $(seq 150); do
  if [ -z "$(squeue -h 2> /dev/null)" ]; then break; fi
  sleep 0.2
done
[ -z "$(squeue -h)" ] || { squeue; echo "a cancelled job did not end"; exit 1; }
if grep -q "queued again" cancelled.h5.slurm-1.log; then echo "a cancelled job went on"; exit 1; fi
"$afterglow" status cancelled.h5 > /dev/null

echo "Slurm: five parts in two tasks, queued again $queued_again times, give the bytes of one process"
