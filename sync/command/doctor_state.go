package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"makesync/spec/text"
	"makesync/sync/fleet"
	"makesync/sync/lock"
)

// checkState looks at the folder in which runs are kept, at locks in it, and at the key of seals.
func checkState(ctx context.Context, r *runtimeEnv) []fleet.Check {
	checks := []fleet.Check{checkSeal(r.Env)}
	dir, err := r.stateDirectory()
	if err != nil {
		return append(checks, fleet.Check{Name: "state", State: fleet.CheckFailed, Message: err.Error(),
			Fix: "set XDG_STATE_HOME"})
	}
	checks = append(checks, checkStateFolder(dir))
	return append(checks, checkLock(ctx, r.Env, dir))
}

// shortKey is what can be guessed by trying.
const shortKey = 16

func checkSeal(env Env) fleet.Check {
	check := fleet.Check{Name: "seal", State: fleet.CheckOK, Message: "saved plans are sealed with MAKESYNC_SEAL_KEY"}
	key, set := env.LookupEnv(sealVariable)
	switch n := len(strings.TrimSpace(key)); {
	case set && n == 0:
		check.State, check.Message = fleet.CheckFailed, sealVariable+" is set and empty: no saved plan is applied"
		check.Fix = "give it its value, or unset it to let plans go without a seal"
	case n == 0:
		check.State, check.Message = fleet.CheckSkipped, "MAKESYNC_SEAL_KEY is not set: saved plans are not sealed"
	case n < shortKey:
		check.State = fleet.CheckWarning
		check.Message = fmt.Sprintf("MAKESYNC_SEAL_KEY is shorter than %d characters", shortKey)
		check.Fix = "take a longer one: openssl rand -hex 32"
	}
	return check
}

// checkStateFolder writes a file as a journal is written, and takes it away.
func checkStateFolder(dir string) fleet.Check {
	check := fleet.Check{Name: "state", State: fleet.CheckOK, Message: dir + " can be written"}
	if err := tryWriting(dir); err != nil {
		check.State, check.Message = fleet.CheckFailed, "the state folder cannot be written: "+err.Error()
		check.Fix = "no run writes without a journal: make the folder writable, or give --journal DIR"
		return check
	}
	const others = 0o077
	info, err := os.Stat(dir)
	if err == nil && info.Mode().Perm()&others != 0 && runtime.GOOS != "windows" {
		check.State, check.Message = fleet.CheckWarning, dir+" can be written, and others may look into it"
		check.Fix = "chmod 700 " + dir
	}
	return check
}

func tryWriting(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	_, written := file.WriteString("doctor\n")
	return errors.Join(written, file.Sync(), file.Close(), os.Remove(file.Name()))
}

// checkLock takes a lock and has a second handle and a second process try it: on some network file
// systems they get it, and two runs would not know of each other.
func checkLock(ctx context.Context, env Env, dir string) fleet.Check {
	check := fleet.Check{Name: "lock", State: fleet.CheckOK, Message: "a lock that is held is seen"}
	ctx, stop := context.WithTimeout(ctx, lockPatience)
	defer stop()
	seen, err := tryLock(ctx, env, filepath.Join(dir, ".doctor.lock"))
	switch {
	case errors.Is(err, lock.ErrNoSecond):
		check.Message += " by a second handle; " + err.Error()
	case err != nil:
		check.State, check.Message = fleet.CheckFailed, "no lock can be taken: "+err.Error()
	case !seen:
		check.State, check.Message = fleet.CheckFailed, "a lock that is held is not seen by a second handle or process"
	case env.SeesLock != nil:
		check.Message += " by a second process"
	}
	if check.State == fleet.CheckFailed {
		check.Fix = "keep the state folder on a local disk: XDG_STATE_HOME"
		return check
	}
	if _, err := lock.Machine(); err != nil {
		check.State = fleet.CheckWarning
		check.Message += ", but not those of other users of this machine: " + err.Error()
		check.Fix = "do what the message says, or let one user alone run makesync on this machine"
	}
	return check
}

// lockPatience is how long a second process may take, on a file system that does not answer.
const lockPatience = 20 * time.Second

// tryLock tells whether a second handle and a second process see that the lock is held.
func tryLock(ctx context.Context, env Env, path string) (seen bool, err error) {
	first, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false, err
	}
	second, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false, errors.Join(err, first.Close())
	}
	held, err := lock.File(first, false)
	if err != nil || !held { // not held: another doctor holds it, and we see that
		return !held, errors.Join(err, second.Close(), first.Close())
	}
	got, err := lock.File(second, false)
	seen = !got
	if err == nil && seen && env.SeesLock != nil {
		seen, err = env.SeesLock(ctx, path)
	}
	return seen, errors.Join(err, second.Close(), lock.Unlock(first), os.Remove(path))
}

// forgetRefusals empties the memory of what organizations' plans of Make have refused.
func forgetRefusals(env Env) fleet.Check {
	check := fleet.Check{Name: "licence", State: fleet.CheckFailed, Fix: "remove refusals.json from the state folder"}
	store, err := openStore(env, "")
	if err != nil {
		check.Message = err.Error()
		return check
	}
	refusals, err := store.Refusals(nil)
	forgotten := 0
	if err == nil {
		forgotten, err = refusals.Forget()
	}
	if err != nil {
		check.Message = "what was refused is not forgotten: " + err.Error()
		return check
	}
	return fleet.Check{Name: "licence", State: fleet.CheckOK,
		Message: text.Count(forgotten, "refusal is", "refusals are") + " forgotten; the next run tries again"}
}
