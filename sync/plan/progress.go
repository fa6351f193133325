package plan

// Progress says how far reading is.
type Progress struct {
	Done, Total  int
	Organization string // the key of the one that is done
}
