package sync

import "strconv"

// idText is an id as live states and documents carry it.
func idText(id int64) string { return strconv.FormatInt(id, 10) }

// decimal reads an id in decimal text.
func decimal(text string) (int64, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && id > 0
}
