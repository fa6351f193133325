package document

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"makesync/spec"
	"makesync/spec/regular"
	"makesync/spec/text"
)

// A written value is a run of pieces: plain text, `$${` for a literal `${`, and
// references `${env:NAME}` and `${file:path}`. They are found in the parsed
// scalar, never by replacing in the file's text, so a value can bring in no keys.
type piece struct {
	text string
	kind pieceKind
}

type pieceKind uint8

const (
	pieceText    pieceKind = iota
	pieceEscaped           // a `$${`, which gives `${`
	pieceEnv
	pieceFile
	pieceOrg   // ${org.…} of a profile's text, see template.go
	pieceOther // ${…} that is no reference: a placeholder, unless literal
)

// splitReferences takes a text apart. It never fails: what is no reference is pieceOther.
func splitReferences(s string) []piece {
	var pieces []piece
	add := func(kind pieceKind, text string) {
		if text != "" {
			pieces = append(pieces, piece{text, kind})
		}
	}
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			add(pieceText, s)
			return pieces
		}
		if i > 0 && s[i-1] == '$' {
			add(pieceText, s[:i-1])
			add(pieceEscaped, "${")
			s = s[i+2:]
			continue
		}
		add(pieceText, s[:i])
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			add(pieceOther, s[i:])
			return pieces
		}
		pieces = append(pieces, referencePiece(s[i:i+end+1]))
		s = s[i+end+1:]
	}
}

func referencePiece(s string) piece {
	body := s[2 : len(s)-1]
	if name, ok := strings.CutPrefix(body, "env:"); ok && isEnvName(name) {
		return piece{name, pieceEnv}
	}
	if path, ok := strings.CutPrefix(body, "file:"); ok && path != "" {
		return piece{path, pieceFile}
	}
	if word, ok := strings.CutPrefix(body, orgPrefix); ok {
		return piece{word, pieceOrg}
	}
	return piece{s, pieceOther}
}

// written is the piece as a document writes it.
func (p piece) written() string {
	switch p.kind {
	case pieceEscaped:
		return "$${"
	case pieceEnv:
		return "${env:" + p.text + "}"
	case pieceFile:
		return "${file:" + p.text + "}"
	case pieceOrg:
		return "${" + orgPrefix + p.text + "}"
	}
	return p.text
}

func isEnvName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// hasReference tells whether something has to be read from outside.
func hasReference(pieces []piece) bool {
	for _, p := range pieces {
		if p.kind == pieceEnv || p.kind == pieceFile {
			return true
		}
	}
	return false
}

// portable writes the pieces with file references as paths from the working
// directory, which is the form in which a plan keeps them.
func portable(pieces []piece, folder string) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.kind == pieceFile {
			p.text = filepath.ToSlash(joinFolder(folder, p.text))
		}
		b.WriteString(p.written())
	}
	return b.String()
}

func joinFolder(folder, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(folder, path)
}

// References reads references as a plan keeps them (Variable.Reference), again from
// the environment and files of this run. Paths count from the working directory
// and must stay below o.Folders (default: the working directory), /run/secrets
// or o.ReferenceRoots. All of a plan read together no more than those of documents.
type References struct {
	evaluator evaluator
	secrets   OwnSecrets
}

// NewReferences fails when MAKESYNC_REFERENCES cannot be understood. No value may give one of the
// run's own secrets away, by whatever name a plan file asks for it.
func NewReferences(o ResolveOptions, secrets OwnSecrets) (*References, error) {
	folders := o.Folders
	if len(folders) == 0 {
		folders = []string{"."}
	}
	limit, err := parseReferenceLimit(o.LookupEnv)
	if err != nil {
		return nil, err
	}
	return &References{evaluator{env: o.LookupEnv, roots: append(folders, o.ReferenceRoots...), folder: ".",
		limit: limit, files: newReferenced(&filling{})}, secrets}, nil
}

// Evaluate gives the value, which is always sensitive; the error never holds it.
func (r *References) Evaluate(reference string) (spec.Value, error) {
	value, err := r.evaluator.evaluate(reference)
	if err == nil && r.secrets.GivenAway(value.text) {
		err = errTokenAsValue
	}
	if err != nil {
		return spec.Value{}, fmt.Errorf("evaluate %s: %w", text.Backquote(reference), err)
	}
	return spec.Sensitive(value.text), nil
}

// evaluator reads what references name.
type evaluator struct {
	env    func(string) (string, bool)
	roots  []string // --reference-root
	folder string   // of the document
	limit  *referenceLimit
	files  *referenced // what has been read, by all with these roots and this limit; nil: nothing yet
	token  bool        // for zones.*.token, which may name MAKE_API_KEY_…
	// literal: what looks like a placeholder is meant so.
	literal bool
}

// evaluated is a value with all its references read.
type evaluated struct {
	text string
	// placeholder tells that a piece looks like a placeholder that nobody filled in.
	placeholder bool
}

func (e evaluator) evaluate(s string) (evaluated, error) { return e.pieces(splitReferences(s)) }

func (e evaluator) pieces(pieces []piece) (evaluated, error) {
	if e.files == nil {
		e.files = newReferenced(&filling{})
	}
	var b strings.Builder
	out := evaluated{}
	for _, p := range pieces {
		text, err := e.piece(p)
		if err == nil && (p.kind == pieceEnv || p.kind == pieceFile) && !e.files.room.fill(text) {
			err = errTooMuchRead
		}
		if err != nil {
			return evaluated{}, err
		}
		if p.kind != pieceEscaped && !e.literal && looksUnfilled(text) {
			out.placeholder = true
		}
		b.WriteString(text)
	}
	out.text = b.String()
	return out, nil
}

// looksUnfilled finds what is left when a template was not filled in or a log masked a value.
func looksUnfilled(s string) bool {
	if i := strings.Index(s, "${"); i >= 0 && (strings.IndexByte(s[i:], '}') > 0 || openReference.MatchString(s[i:])) {
		return true
	}
	if i := strings.Index(s, "##"); i >= 0 {
		if end := strings.Index(s[i+2:], "##"); end > 0 && !strings.ContainsAny(s[i+2:i+2+end], " \t\r\n#") {
			return true
		}
	}
	return s != "" && len(s) >= 3 && strings.Trim(s, "*") == ""
}

// openReference is the beginning of a reference whose brace somebody forgot to close.
var openReference = regexp.MustCompile(`\$\{(env:|file:|org\.)`)

// errTokenAsValue marks a reference to makesync's own credentials.
var errTokenAsValue = errors.New("makesync's own token or key cannot be a variable's value")

// errReference is an unset or unreadable reference.
type errReference struct{ message, hint string }

func (e errReference) Error() string { return e.message }

func (e evaluator) piece(p piece) (string, error) {
	switch p.kind {
	case pieceEnv:
		if !e.token && isOwnCredential(p.text) {
			return "", errTokenAsValue
		}
		if !e.limit.allowsEnv(p.text) {
			return "", errNotAllowed("the environment variable " + text.Backquote(p.text))
		}
		value, ok := lookup(e.env, p.text)
		if !ok {
			return "", errReference{"the environment variable " + text.Backquote(p.text) + " is not set",
				"set it, or use --skip-references to read none"}
		}
		return value, nil
	case pieceFile:
		return e.file(p.text)
	case pieceOrg:
		if e.literal {
			return p.written(), nil
		}
		return "", errReference{text.Backquote(p.written()) + " stands only in profiles",
			"write the text itself, or move the variable to a profile"}
	}
	return p.text, nil
}

// isOwnCredential knows what makesync itself is trusted with: its tokens, its key, and the url of
// who is notified.
func isOwnCredential(name string) bool {
	return strings.HasPrefix(name, "MAKE_API_KEY") || name == "MAKESYNC_SEAL_KEY" || name == "MAKESYNC_NOTIFY_URL"
}

// maxReferenced is the largest file that a reference reads, in bytes.
const maxReferenced = 1 << 20

// secretsFolder is where containers mount secrets; references may always read there.
const secretsFolder = "/run/secrets"

// file reads a file, or gives what has been read of it.
func (e evaluator) file(path string) (string, error) {
	if !e.files.look(joinFolder(e.folder, path)) {
		return "", errTooMuchRead
	}
	known, read := e.files.read[place{e.folder, path}]
	if !read {
		known.text, known.err = e.read(path)
		e.files.read[place{e.folder, path}] = known
	}
	return known.text, known.err
}

func (e evaluator) read(path string) (string, error) {
	full := joinFolder(e.folder, path)
	if !e.files.allows(e.limit, full) {
		return "", errNotAllowed("the file " + text.Backquote(path))
	}
	real, missing := filepath.EvalSymlinks(full)
	if missing != nil {
		real = realAsFar(full)
	}
	if !e.limit.allowsFile(real) {
		return "", errNotAllowed("what the file " + text.Backquote(path) + " leads to")
	}
	if !e.mayRead(real) {
		return "", errReference{"the file " + text.Backquote(path) +
			" is outside the document's folder and /run/secrets",
			"move it, or allow its folder with --reference-root DIR"}
	}
	if missing != nil {
		return "", errReference{"the file " + text.Backquote(path) + " cannot be read: " + reason(missing),
			"paths count from the document's folder"}
	}
	data, err := readReferenced(real)
	if err != nil {
		return "", errReference{"the file " + text.Backquote(path) + " cannot be read: " + reason(err), ""}
	}
	content := withoutFrame(string(data))
	if !utf8.ValidString(content) || strings.ContainsRune(content, 0) {
		return "", errReference{"the file " + text.Backquote(path) + " is not UTF-8 text", ""}
	}
	return content, nil
}

// realAsFar is where a path that leads nowhere would lead: its links are followed as far as there
// is something. What is not there is refused as what is, since a document must not learn which
// files of the machine there are; so a link to nothing leads to "/", which nobody may read.
func realAsFar(path string) string {
	rest := ""
	for at := filepath.Clean(path); ; at = filepath.Dir(at) {
		if real, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(real, rest)
		}
		if info, err := os.Lstat(at); err == nil && info.Mode()&os.ModeSymlink != 0 || at == filepath.Dir(at) {
			return string(filepath.Separator)
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}

// withoutFrame takes off what editors put around a text: the byte order mark at its beginning, and
// one line end at its end.
func withoutFrame(content string) string {
	content = strings.TrimPrefix(content, "\ufeff")
	if rest, ok := strings.CutSuffix(content, "\n"); ok {
		return strings.TrimSuffix(rest, "\r")
	}
	return content
}

// reason is an error's cause without the path, which the message names already.
func reason(err error) string {
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return text.Clean(err.Error())
}

// mayRead tells whether a path, all links followed, is below a folder that references may read.
func (e evaluator) mayRead(real string) bool {
	folder := e.folder
	if folder == "" {
		folder = "."
	}
	return e.limit != nil || // which names it, links followed
		isBelow(folder, real) || e.files.isBelowRoot(e.roots, real)
}

func isBelow(root, real string) bool {
	root, err := filepath.Abs(realPath(root))
	if err != nil {
		return false
	}
	if real, err = filepath.Abs(real); err != nil {
		return false
	}
	relative, err := filepath.Rel(root, real)
	return err == nil && relative != "." && filepath.IsLocal(relative)
}

// readReferenced reads a regular file of sane size.
func readReferenced(path string) ([]byte, error) {
	data, err := regular.ReadFile(path, maxReferenced)
	if errors.Is(err, regular.ErrTooLarge) {
		err = errors.New("it is larger than 1 MB")
	}
	return data, err
}

// ReferencedFiles lists the files that a written value names, by paths from the working directory;
// folder is that of its document, "" for a reference as a plan keeps it.
func ReferencedFiles(written, folder string) []string {
	if !strings.Contains(written, "${file:") {
		return nil
	}
	var files []string
	for _, p := range splitReferences(written) {
		if p.kind == pieceFile {
			files = append(files, joinFolder(folder, p.text))
		}
	}
	return files
}

// FilesOf are the paths of the files that a reference names as a plan keeps it, Variable.Reference.
func FilesOf(reference string) (paths []string) {
	for _, p := range splitReferences(reference) {
		if p.kind == pieceFile {
			paths = append(paths, p.text)
		}
	}
	return paths
}
