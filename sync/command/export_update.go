package command

import (
	"context"
	"fmt"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/adopt"
	"makesync/sync/offline"
	"makesync/sync/state"
)

// updating is an export under way that adds to documents what none of them declares yet. What they
// declare stays as it is, whatever is there in Make: that is for plan and adopt.
type updating struct {
	rewriting
	zones   *zones
	zone    *state.ZoneState
	desired *spec.Desired
}

func runExportUpdate(ctx context.Context, r *runtimeEnv, o exportOptions) error {
	src, err := openSources(r, o.sourceOptions, o.zone)
	if err != nil {
		return err
	}
	defer src.close()
	texts, err := loadTexts(src.desired.Files)
	if err != nil {
		return err
	}
	u := updating{rewriting: texts, zones: src.zones, desired: src.desired}
	needed := offline.NeededOf(src.desired, src.name(o.zone))
	undeclared := 0
	u.zone, err = src.readZone(ctx, o.zone, state.ReadOptions{Select: func(live *state.Organization, key string) bool {
		chosen := src.choose(live, key)
		if chosen && needed.Of(live) == nil {
			undeclared++
		}
		return chosen && needed.Of(live) != nil
	}})
	if err != nil {
		return err
	}
	if err := src.checkRead(u.zone, "export"); err != nil {
		return err
	}
	missing := adopt.Undeclared{
		Desired: u.desired, Needed: needed, Exporter: newExporter(src, u.zone), Unattended: o.yes,
	}
	missing.Into(u.Texts, u.zone.Organizations)
	if undeclared > 0 {
		u.Notes = append(u.Notes, text.Count(undeclared, "organization stands", "organizations stand")+
			" in no document: `makesync export --zone NAME` without --update writes new ones")
	}
	return u.finish(ctx, r, o)
}

// finish shows the diff, asks, and writes.
func (u *updating) finish(ctx context.Context, r *runtimeEnv, o exportOptions) error {
	changed, err := u.prepare(u.desired.Files, "export fewer organizations at a time, or write them by hand")
	if err != nil {
		return err
	}
	if err := u.show(r.Stdout, changed, "added", adopt.SecretsBeside(u.desired)); err != nil {
		return err
	}
	code, problems := u.zone.Exit(), problemsOf(u.zone)
	tellLost(u.zones, &problems, &code)
	if len(problems) > 0 {
		if err := r.printProblems(problems, code, r.errorWords(o.color, "export")); err != nil {
			return err
		}
	}
	if err := u.put(ctx, r, changed, o.yes); err != nil {
		return err
	}
	if err := r.say(fmt.Sprintf("makesync: export: %d added in %s, %d left; exit %d (%s)", u.Written,
		text.Count(len(changed), "file", "files"), len(u.Left), code.Code, code.Name)); err != nil {
		return err
	}
	return end(code)
}
