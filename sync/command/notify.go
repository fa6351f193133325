package command

import (
	"context"
	"fmt"
	"path/filepath"

	"makesync/sync/history"
	"makesync/sync/notify"
)

// notifyReceiver tells the receiver, if there is something that it has not been told, and remembers
// that. What could not be told is not remembered, so that the next run tries again.
func notifyReceiver(ctx context.Context, r *runtimeEnv, o *notifyOptions, end runEnd) error {
	store, err := openStore(r.Env, end.options.journal)
	if err != nil {
		return err
	}
	seen, err := store.Seen()
	if err != nil {
		return err
	}
	told, err := store.Notified(jobOf(end, o)...)
	if err != nil {
		return err
	}
	reported := func(a notify.Alert) bool { return told.Contains(storedAlert(a)) }
	run := end.notifyRun()
	events := notify.EventsOf(run, o.waiting, seen.Runs)
	if unreported := events.Unreported(reported); !unreported.Empty() {
		body, err := notify.New(run, unreported, r.Now()).In(o.form)
		if err == nil {
			err = o.post(ctx, body, r.Build.Version)
		}
		if err != nil {
			remember(r, told, events.ReportedAlerts(reported), run)
			return err
		}
	}
	remember(r, told, events.Alerts, run)
	return nil
}

// remember keeps what was told. A failure costs a repetition and no more.
func remember(r *runtimeEnv, told *history.Notified, alerts []notify.Alert, run notify.Run) {
	list := make([]history.Alert, len(alerts))
	for i, a := range alerts {
		list[i] = storedAlert(a)
	}
	if err := told.Remember(list, run.Blind); err != nil {
		r.log.Warn("remember what was told", "error", err)
	}
}

func storedAlert(a notify.Alert) history.Alert {
	return history.Alert{ID: a.ID, Organization: a.Organization}
}

// notifyRun is the end of a run as notifications tell it.
func (e runEnd) notifyRun() notify.Run {
	return notify.Run{
		Command: e.command, Shard: e.options.shard, Plan: e.plan, Report: e.applied, Status: e.status,
		Problems: e.problems, Exit: e.exit,
	}
}

// jobOf is what makes a run the same job every night: of two jobs that share a state folder, one
// must not take the other's alerts for ended.
func jobOf(end runEnd, o *notifyOptions) []string {
	job := append([]string{end.command, o.url.String(), end.options.documents.zone}, end.job...)
	if shard := end.options.shard; shard != nil {
		job = append(job, fmt.Sprintf("shard %d/%d", shard.Index, shard.Count))
	}
	for _, file := range end.options.documents.files {
		if path, err := filepath.Abs(file); err == nil {
			file = path
		}
		job = append(job, "file "+file)
	}
	for _, glob := range end.options.scope.target {
		job = append(job, "target "+glob.String())
	}
	for _, glob := range end.options.scope.exclude {
		job = append(job, "exclude "+glob.String())
	}
	if end.options.scope.only != nil {
		job = append(job, "a part: what a resumed run was about")
	}
	return job
}
