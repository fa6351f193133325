package document

import (
	"context"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// LoadOptions says what to read.
type LoadOptions struct {
	// Paths are files and folders, as -f names them; none means makesync.yaml.
	Paths []string
	// Stdin is what the path - stands for; nil: then it is a file's name.
	Stdin []byte
	// Wanted tells by their keys which organizations the run looks at (see ResolveOptions); nil: at
	// all. The variables of the others need not be read.
	Wanted func(key string) bool
	// Room is that of both sides of a comparison; nil: these documents have one of their own.
	Room *Room
	// Concurrency is how many files are read at a time; 0 means one for each processor.
	Concurrency int
}

// Documents are all loaded documents: decoded, united, not yet resolved.
type Documents struct {
	zones         map[string]spec.Zone
	tokenAt       map[string]at // of zones.N.token
	stated        statedGuards
	trusted       *Trusted // nil: no trusted file is in force
	sensitive     []writtenGlob
	policies      []Policies
	profiles      map[string]*layer
	organizations []*layer // sorted by key
	files         []*source
	room          *Room
	resolved      bool
}

// DefaultPath is what is read when no path is named.
const DefaultPath = "makesync.yaml"

// Load reads every file, decodes it strictly and unites what the files say. It
// reports every mistake of every file, sorted; Documents is never nil and holds
// what could be read, so that Resolve can go on and find the rest.
func Load(o LoadOptions) (*Documents, []spec.Problem) { return LoadContext(context.Background(), o) }

// LoadContext is Load until the context ends. What could be read by then is not given: the caller
// asks the context whether the documents are all of them.
func LoadContext(ctx context.Context, o LoadOptions) (*Documents, []spec.Problem) {
	paths := o.Paths
	if len(paths) == 0 {
		paths = []string{DefaultPath}
	}
	files, problems := findFiles(paths, o.Stdin != nil)
	room := o.Room
	if room == nil {
		room = &Room{}
	}
	room.loads++
	loaded := loadFiles(ctx, files, o, &room.files)
	if room.files.exceeded.Load() {
		loaded, problems = nil, append(problems, room.problem())
	}
	u := newUnion()
	for _, file := range loaded {
		problems = append(problems, file.problems...)
		u.addFile(file)
	}
	documents := u.documents()
	documents.room = room
	problems = append(problems, u.problems...)
	problems = spec.LimitProblems(problems)
	addExcerpts(documents.files, problems)
	return documents, problems
}

// loadFiles loads files side by side; nil when the context ends before all are loaded. Whoever
// hangs in a read is left behind then.
func loadFiles(ctx context.Context, files []string, o LoadOptions, room *budget) []loadedFile {
	limit := max(1, firstPositive(o.Concurrency, runtime.GOMAXPROCS(0)))
	loaded := make([]loadedFile, len(files))
	ended := make(chan any, 1) // with the panic of a load
	go func() {
		defer func() { ended <- recover() }()
		var group spec.Group
		var next atomic.Int64
		for range min(limit, len(files)) { // each loads many: its stack grows once
			group.Go(func() error {
				for {
					i := int(next.Add(1)) - 1
					if i >= len(files) || ctx.Err() != nil || room.exceeded.Load() {
						return nil
					}
					loaded[i] = loadFile(files[i], o, limit, room)
				}
			})
		}
		_ = group.Wait() // loadFile keeps its problems, and never fails
	}()
	select {
	case broken := <-ended:
		if broken != nil {
			panic(broken)
		}
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return nil
	}
	return loaded
}

func firstPositive(a, b int) int {
	if a > 0 {
		return a
	}
	return b
}

type loadedFile struct {
	source   *source
	parts    []*part
	problems []spec.Problem
}

// StdinPath is how documents on stdin are named; stdinName is how positions in them are told. Its
// folder is the working directory, from which their references count.
const (
	StdinPath = "-"
	stdinName = "stdin"
)

// stdinSource is what stands on stdin; of what is larger than allowed one byte more is enough.
func stdinSource(data []byte) (*source, *spec.Problem) {
	if len(data) > MaxDocument {
		return nil, tooLarge(stdinName)
	}
	return &source{path: stdinName, data: data}, nil
}

// openSource reads a file.
func openSource(path string) (*source, *spec.Problem) {
	data, problem := readDocument(path)
	if problem != nil {
		return nil, problem
	}
	return &source{path: path, data: data, json: strings.EqualFold(filepath.Ext(path), ".json")}, nil
}

// loadFile reads and decodes one file, or stdin where the path is - and somebody has read it; a
// large one in chunks, at most limit of them at a time; nothing of it when there is no room.
func loadFile(path string, o LoadOptions, limit int, room *budget) loadedFile {
	open := openSource
	if path == StdinPath && o.Stdin != nil {
		open = func(string) (*source, *spec.Problem) { return stdinSource(o.Stdin) }
	}
	file, problem := open(path)
	if problem != nil {
		return loadedFile{source: &source{path: path}, problems: []spec.Problem{*problem}}
	}
	if !room.takeText(file.data) {
		return loadedFile{source: &source{path: path}}
	}
	file.reading = &reading{room: room}
	if problem, ok := checkText(file); !ok {
		return loadedFile{source: file, problems: []spec.Problem{problem}}
	}
	if out, ok := loadPart(file, o.Wanted, limit); ok {
		return out
	}
	return loadText(file, limit)
}

// loadPart decodes a file without what the run does not look at; ok is false where there is nothing
// of that, and where something is wrong: then all of it is to be told.
func loadPart(file *source, wanted func(string) bool, limit int) (out loadedFile, ok bool) {
	if wanted == nil || file.json {
		return out, false
	}
	text, ok := withoutOthers(file.data, wanted)
	if !ok {
		return out, false
	}
	part := *file
	part.data = text
	out = loadText(&part, limit)
	part.data = file.data // for excerpts
	if spec.HasErrors(out.problems) {
		file.reading.giveBack()
		return out, false
	}
	return out, true
}

func loadText(file *source, limit int) loadedFile {
	if out, ok := loadChunks(file, chunkSize, limit); ok {
		return out
	}
	file.reading.giveBack()
	return loadWhole(file)
}

// maxDocuments is how many YAML documents a file may hold.
const maxDocuments = 10_000

// loadWhole decodes a file, the tree of one YAML document after the other.
func loadWhole(file *source) loadedFile {
	out := loadedFile{source: file}
	d := &decoder{file: file}
	documents := 0
	mistakes := parse(file, func(root *yaml.Node) bool {
		documents++
		if documents > maxDocuments {
			d.report(ruleTooLarge, root, nil, "the file holds more than "+text.Number(maxDocuments)+" documents",
				"split it; -f takes folders and several files")
			return false
		}
		if p := decodeDocument(d, root); p != nil {
			out.parts = append(out.parts, p)
		}
		return true
	})
	if documents == 0 && len(mistakes) == 0 {
		d.add(newProblem(ruleEmptyDocument, at{file, 1, 1}, nil, "the file holds no document",
			"write `apiVersion: "+APIVersion+"` and organizations, or remove it"))
	}
	out.problems = append(mistakes, d.found()...)
	return out
}

// Zones are the zones that the documents declare, by name. A saved plan is
// applied with these alone: nothing else of the documents counts then.
func (d *Documents) Zones() map[string]spec.Zone { return d.zones }

// Files lists every file that was read, sorted.
func (d *Documents) Files() []string {
	names := make([]string, len(d.files))
	for i, f := range d.files {
		names[i] = f.path
	}
	slices.Sort(names)
	return names
}

// Folders lists the folders of the documents, sorted: the places below which
// their file references may read.
func (d *Documents) Folders() []string {
	var folders []string
	for _, f := range d.files {
		folders = append(folders, filepath.Dir(f.path))
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}
