package state

import "strconv"

// FormatID is an id as live states and documents carry it: decimal text.
func FormatID(id int64) string { return strconv.FormatInt(id, 10) }

// ParseID reads an id in decimal text; false for what is none, 0 and below included.
func ParseID(text string) (int64, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && id > 0
}

// FirstSynthetic is above every id of Make, and below what a JSON number holds exactly.
const FirstSynthetic int64 = 1 << 40

// IsSynthetic tells that an organization's id is one that a plan between documents made up; nobody
// should be shown it.
func IsSynthetic(id int64) bool { return id >= FirstSynthetic }
