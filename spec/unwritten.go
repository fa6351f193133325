package spec

// Unwritten is something that has no valid form in a document; it stands there as a comment.
type Unwritten struct {
	Address Address
	Reason  string
}
