package atomicfile

// Mode says whose permissions a file gets that replaces another.
type Mode int

// The modes.
const (
	// KeepMode: a file that is there keeps its permissions; a new one has those given, less the
	// umask. Where only its user shall read it, and others who can write into the folder may have
	// put one there, it gets no permissions but those that both have.
	KeepMode Mode = iota
	// ExactMode: those given, whatever the umask says and whoever could read the file before.
	ExactMode
)
