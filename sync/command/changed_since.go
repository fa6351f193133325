package command

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/revision"
)

// gitVersion begins a version of the documents that is a revision of git.
const gitVersion = "git:"

func changedSinceFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "changed-since",
		Usage: "only organizations of which the documents say something else than `VERSION` of them: " +
			"a folder, or git:REVISION",
	}
}

// readChangedSince reads --changed-since, which chooses among organizations of live zones.
func readChangedSince(c *cli.Context, o offlineOptions) (string, error) {
	version := c.String("changed-since")
	if version != "" && o.set() {
		return "", badUsage(c, "--changed-since chooses what is read of zones; it goes with neither --live nor --base")
	}
	if version != "" && slices.Contains(c.StringSlice("file"), document.StdinPath) {
		return "", badUsage(c, "--changed-since compares files; -f - is none")
	}
	return version, nil
}

// narrowing compares the documents of a run with another version of them.
type narrowing struct {
	*plannedRun
	since spec.ChangedSince
}

// narrow leaves of the documents the organizations that have changed since another version of them.
// The others keep their identity and names, and nothing of them is read.
func narrow(ctx context.Context, p *plannedRun) (*spec.ChangedSince, error) {
	if p.options.changed == "" {
		return nil, nil
	}
	n := narrowing{p, spec.ChangedSince{Version: p.options.changed, Declared: len(p.desired.Organizations)}}
	changed, err := n.changedOrganizations(ctx)
	if err != nil {
		return nil, err
	}
	narrowed := *p.desired
	narrowed.Organizations = slices.Clone(p.desired.Organizations)
	for i := range narrowed.Organizations {
		o := &narrowed.Organizations[i]
		o.NamesOnly = o.NamesOnly || !changed[o.Key]
		if changed[o.Key] && !o.NamesOnly {
			n.since.Changed++
		}
	}
	p.desired, p.changed = &narrowed, changed
	return &n.since, nil
}

// changedOrganizations compares with the other version. When that is not valid, nobody knows what
// it said: then all organizations count as changed.
func (p *narrowing) changedOrganizations(ctx context.Context) (map[string]bool, error) {
	before, folder, err := p.loadVersion(ctx)
	if err != nil || before != nil {
		if err != nil {
			return nil, err
		}
		return spec.Changed(before, p.desired), nil
	}
	p.problems = append(p.problems, spec.Problem{
		Severity: spec.Warning, Rule: "changed-since",
		Message: "the documents are not valid at " + p.since.Version + ", so all organizations count as changed",
		Hint:    "`makesync validate -f " + text.ShellQuote(folder) + "` tells what is wrong with them",
	})
	all := map[string]bool{}
	for i := range p.desired.Organizations {
		all[p.desired.Organizations[i].Key] = true
	}
	return all, nil
}

// loadVersion loads the other version of the documents; nil when it is not valid.
func (p *narrowing) loadVersion(ctx context.Context) (*spec.Desired, string, error) {
	name, isGit := strings.CutPrefix(p.since.Version, gitVersion)
	if !isGit {
		if _, err := os.Stat(p.since.Version); err != nil {
			return nil, "", failure{exit: exit.Invalid, message: "--changed-since " + p.since.Version,
				cause: text.FileError(err),
				hint:  "name a folder of documents, or git:REVISION"}
		}
		before, err := p.loadBefore(ctx, []string{p.since.Version})
		if files := p.options.documents.files; before != nil && len(files) == 1 {
			rename(before, map[string]string{files[0]: p.since.Version})
		}
		return before, p.since.Version, err
	}
	scratch, err := os.MkdirTemp("", "makesync-revision-")
	if err != nil {
		return nil, "", failure{exit: exit.Internal, message: "--changed-since " + p.since.Version, cause: err}
	}
	defer os.RemoveAll(scratch)
	checkout, err := checkOut(ctx, scratch, name, p.options.documents.files)
	if err != nil {
		return nil, "", failure{exit: exit.Invalid, message: "--changed-since " + p.since.Version, cause: err,
			hint: "name a branch, a tag or a commit that git has here, or a folder"}
	}
	p.since.Commit = checkout.tree.Commit
	before, err := checkout.load(ctx, p)
	return before, "(a checkout of " + p.since.Commit + ")", err
}

// loadBefore loads documents as those of the run are loaded, but for references that cannot be read
// and the number of organizations that is expected; nil when they are not valid. With more than is
// read of both versions together there is nothing to compare.
func (p *narrowing) loadBefore(ctx context.Context, files []string) (*spec.Desired, error) {
	o := p.options.documents
	o.expect, o.part = 0, partOf(p.options)
	o.room = o.room.Copy() // some are loaded twice
	before, _, problems := resolveDocuments(ctx, p.r.Env, o, files, document.ResolveOptions{
		SkipReferences: o.skipReferences, SkipUnset: true, ZoneNames: zoneURLNames(p.options.zones.urls),
		Wanted: o.part.wanted, NamesOfOthers: o.part.names,
	})
	if o.room.Full() {
		return nil, invalid(spec.SortProblems(problems))
	}
	if spec.HasErrors(problems) {
		return nil, nil
	}
	return before, nil
}

// checkout is a folder with the documents of a revision.
type checkout struct {
	tree   *revision.Tree
	folder string
	// then gives the place in the folder of each path of -f.
	then map[string]string
}

// checkOut writes the documents of a revision into a folder: every document below the folders that
// -f names, and the files that it names themselves.
func checkOut(ctx context.Context, scratch, name string, files []string) (*checkout, error) {
	var folders []string
	for _, path := range files {
		if info, err := os.Stat(path); err != nil {
			return nil, err
		} else if !info.IsDir() {
			path = filepath.Dir(path)
		}
		folders = append(folders, path)
	}
	tree, err := revision.Open(ctx, scratch, name, folders)
	if err != nil {
		return nil, err
	}
	c := &checkout{tree: tree, folder: filepath.Join(scratch, "documents"), then: map[string]string{}}
	named := map[string]bool{}
	for i, path := range files {
		real, err := realPath(folders[i])
		if err != nil {
			return nil, err
		}
		inside, err := filepath.Rel(tree.Top, real)
		if err != nil {
			return nil, err
		}
		if folders[i] != path {
			inside = filepath.Join(inside, filepath.Base(path))
		}
		named[filepath.ToSlash(inside)] = true
		c.then[path] = filepath.Join(c.folder, inside)
	}
	if err := os.Mkdir(c.folder, 0o700); err != nil {
		return nil, err
	}
	return c, tree.Write(ctx, c.folder, maxVersionedDocument, func(path string) bool {
		return named[path] || document.IsDocumentName(filepath.Base(path))
	})
}

// maxVersionedDocument is as much as the loader reads of a document, and maxVersionedFile as much
// as a reference reads of a file.
const (
	maxVersionedDocument = 64 << 20
	maxVersionedFile     = 1 << 20
)

func realPath(path string) (string, error) {
	real, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(real)
}

// load loads the documents of the revision, with the files of that revision that they refer to.
func (c *checkout) load(ctx context.Context, p *narrowing) (*spec.Desired, error) {
	var files []string
	for _, path := range p.options.documents.files {
		if _, err := os.Stat(c.then[path]); err == nil {
			files = append(files, c.then[path])
		}
	}
	if len(files) == 0 { // the documents are new
		return &spec.Desired{}, nil
	}
	before, err := p.loadBefore(ctx, files)
	if before == nil {
		return nil, err
	}
	referred := c.referred(before)
	if len(referred) > 0 {
		err := c.tree.Write(ctx, c.folder, maxVersionedFile, func(path string) bool { return referred[path] })
		if err != nil {
			return nil, failure{exit: exit.Invalid, message: "--changed-since " + p.options.changed, cause: err}
		}
		if before, err = p.loadBefore(ctx, files); before == nil {
			return nil, err
		}
	}
	rename(before, c.then)
	return before, nil
}

// referred are the files, by their paths in the repository, that references name.
func (c *checkout) referred(before *spec.Desired) map[string]bool {
	files := map[string]bool{}
	for i := range before.Organizations {
		for _, v := range before.Organizations[i].Variables {
			for _, path := range document.FilesOf(v.Reference) {
				if inside, err := filepath.Rel(c.folder, path); err == nil && filepath.IsLocal(inside) {
					files[filepath.ToSlash(inside)] = true
				}
			}
		}
	}
	return files
}

// rename lets references that could not be read name the files of the run instead of those of the
// other version, so that equal ones are equal; then are the places in it of what -f names.
func rename(before *spec.Desired, then map[string]string) {
	var pairs []string
	for _, path := range slices.Sorted(maps.Keys(then)) {
		pairs = append(pairs, filepath.ToSlash(filepath.Clean(then[path])), filepath.ToSlash(filepath.Clean(path)))
	}
	renamed := strings.NewReplacer(pairs...)
	for i := range before.Organizations {
		for j := range before.Organizations[i].Variables {
			v := &before.Organizations[i].Variables[j]
			v.Reference = renamed.Replace(v.Reference)
		}
	}
}

// onlyChanged lets a command line that applies the documents apply no more than was planned: ""
// when that would be too long to type, or when other organizations are chosen in it.
func onlyChanged(p *plannedRun, command string, saved bool) string {
	const most = 20
	if p.options.changed == "" || saved || command == "" {
		return command
	}
	if len(p.changed) > most || len(p.changed) == 0 || len(p.options.scope.target) > 0 {
		return ""
	}
	for _, key := range slices.Sorted(maps.Keys(p.changed)) {
		command += " --target " + key
	}
	return command
}
