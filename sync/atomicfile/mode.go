package atomicfile

// Mode says whose permissions a file gets that replaces another.
type Mode int

// The modes.
const (
	// KeepMode: a file of one's own that is there keeps its permissions; a new one has those given,
	// less the umask. Instead of one of another user, who may have put it there for others to read
	// what comes, stands one with no permissions but those that both have.
	KeepMode Mode = iota
	// ExactMode: those given, whatever the umask says and whoever could read the file before.
	ExactMode
)
