package help

import (
	"slices"
	"strings"
)

// Entry explains one word: a row of a table of some topic.
type Entry struct {
	// Word is the row's first cell.
	Word string `json:"word"`
	// Cells are the others, each with the heading of its column, which may be empty.
	Cells []Cell `json:"cells"`
	// Topic is the name of the page.
	Topic string `json:"topic"`
}

// Cell is one column of a row.
type Cell struct {
	Heading string `json:"heading,omitempty"`
	Text    string `json:"text"`
}

// Explain gives the rows that explain a word (a rule, a guard, an exit code or its name, a term of
// the glossary), without case. Nothing explains it when the result is empty.
func Explain(word string) []Entry {
	var found []Entry
	for _, e := range entries() {
		if e.isAbout(word) {
			found = append(found, e)
		}
	}
	return found
}

// Words are all words that Explain knows, each once, sorted.
func Words() []string {
	var words []string
	for _, e := range entries() {
		words = append(words, e.words()...)
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// isAbout: exit codes go by their number and by their name, which stands in the column of that
// heading.
func (e Entry) isAbout(word string) bool {
	return slices.ContainsFunc(e.words(), func(w string) bool { return strings.EqualFold(w, word) })
}

func (e Entry) words() []string {
	var words []string
	for word := range strings.SplitSeq(e.Word, ", ") {
		words = append(words, word)
	}
	for _, c := range e.Cells {
		if c.Heading == "name" {
			words = append(words, c.Text)
		}
	}
	return words
}

func entries() []Entry {
	var all []Entry
	for _, t := range Topics() {
		var headings []string
		for line := range strings.Lines(t.Markdown) {
			cells := row(line)
			switch {
			case cells == nil:
				headings = nil
			case headings == nil:
				headings = cells
			case !isRule(cells) && cells[0] != "":
				all = append(all, entry(t.Name, headings, cells))
			}
		}
	}
	return all
}

func entry(topic string, headings, cells []string) Entry {
	e := Entry{Word: cells[0], Topic: topic}
	for i, text := range cells[1:] {
		c := Cell{Text: text}
		if i+1 < len(headings) {
			c.Heading = headings[i+1]
		}
		e.Cells = append(e.Cells, c)
	}
	return e
}

// row splits a line of a table into its cells; nil when it is none.
func row(line string) []string {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") {
		return nil
	}
	line = strings.ReplaceAll(strings.Trim(line, "|"), `\|`, "\x00")
	var cells []string
	for cell := range strings.SplitSeq(line, "|") {
		cells = append(cells, plain(strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|")))
	}
	return cells
}

// isRule is the line between a table's heading and its rows.
func isRule(cells []string) bool { return strings.Trim(cells[0], "-:") == "" && cells[0] != "" }
