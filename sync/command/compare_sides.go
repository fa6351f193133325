package command

import (
	"context"
	"maps"
	"os"
	"slices"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/regular"
	"makesync/spec/text"
	"makesync/sync/compare"
	"makesync/sync/exit"
	"makesync/sync/export"
	"makesync/sync/offline"
	"makesync/sync/state"
)

// sideOf tells what a side is: a zone's name goes first, then a file or folder.
func sideOf(env Env, name string, o sourceOptions) (compare.ComparedSide, error) {
	about := compare.ComparedSide{Name: name, Kind: compare.SideZone, Zone: name}
	if isZone(env, name, o) {
		return about, nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return about, failure{
			exit:    exit.Invalid,
			message: text.ShellQuote(name) + " is neither the name of a zone nor a file or folder",
			hint: "built in are " + text.Or(spec.BuiltinZoneNames()) +
				"; other zones are declared in documents (-f) or given by --zone-url",
		}
	}
	about.Kind, about.Zone = compare.SideDocuments, ""
	if !info.IsDir() && isSnapshot(name) {
		about.Kind = compare.SideSnapshot
	}
	return about, nil
}

// isZone tells whether a word names a zone: built in, given by --zone-url, or declared in -f.
func isZone(env Env, name string, o sourceOptions) bool {
	if _, given := o.zones.urls[name]; given || spec.BuiltinZones()[spec.ZoneName(name, nil)] != "" {
		return true
	}
	if len(o.files) == 0 {
		return false
	}
	load := document.LoadOptions{Paths: o.files, Stdin: env.piped}
	documents, _ := document.Load(load) // openSources tells what is wrong with them
	_, declared := documents.Zones()[spec.ZoneName(name, documents.Zones())]
	return declared
}

// isSnapshot tells a snapshot from a JSON document by its format.
func isSnapshot(path string) bool {
	data, err := regular.ReadText(path, maxSnapshot)
	if err != nil || len(data) == 0 || data[0] != '{' {
		return false
	}
	_, _, ok := offline.FormatOf(data)
	return ok
}

// readSide reads a side out of its zone, snapshot or documents.
func readSide(ctx context.Context, s *compare.Side, src *sources, o compareOptions) (err error) {
	name := s.About.Name
	switch s.About.Kind {
	case compare.SideZone:
		s.About.Zone = src.name(name)
		read := state.ReadOptions{Select: src.choose}
		if o.billing {
			read.Wanted = export.WithBilling
		}
		s.State, err = src.readZone(ctx, name, read)
	case compare.SideSnapshot:
		snapshot, err := snapshotToShow(src.r.Env, name)
		if err != nil {
			return err
		}
		*s, err = compare.NewSnapshotSide(ctx, name, snapshot, src.choose)
		return err
	default:
		s.Desired, err = readDocuments(src, name, o)
	}
	return err
}

// readDocuments loads a side of documents, whose zones may be those of -f. References that cannot
// be read are not compared.
func readDocuments(src *sources, path string, o compareOptions) (*spec.Desired, error) {
	env, zones := src.r.Env, slices.Sorted(maps.Keys(src.desired.Zones))
	documents, problems := document.Load(document.LoadOptions{Paths: []string{path}, Room: src.room})
	desired, more := documents.Resolve(document.ResolveOptions{
		LookupEnv: env.LookupEnv, SkipReferences: o.skipReferences, SkipUnset: true,
		ReferenceRoots: o.referenceRoots, DefaultZone: env.lookup(zoneVariable),
		ZoneNames: slices.Concat(zoneURLNames(o.zones.urls), zones),
	})
	if problems = append(problems, more...); spec.HasErrors(problems) {
		return nil, invalid(spec.SortProblems(problems))
	}
	return desired, nil
}

func (s *sources) chooseDocuments(o *spec.Organization) bool {
	return s.o.selector.Selects(o.Name, o.Key)
}

// sensitiveOn tells what is a secret of a side to the documents of -f.
func (s *sources) sensitiveOn(sides [2]compare.Side) func(*compare.Side, spec.Address) bool {
	in := map[*state.ZoneState]func(spec.Address) bool{nil: s.sensitive}
	for _, side := range sides {
		if side.State != nil {
			in[side.State] = s.secretsIn(side.State)
		}
	}
	return func(side *compare.Side, a spec.Address) bool { return in[side.State](a) }
}
