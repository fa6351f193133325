package render

import (
	"regexp"
	"strings"
)

// Sentences are folded to the width of the terminal, and what somebody will paste or open is not:
//
//	hint: see what it did: `makesync runs show       a span in backquotes has a line of its own
//	    20261127T220003Z-1f2e`                       rather than two, a command always
//	error: read                                      a path or a link is not broken at the
//	    /home/ops/.local/state/makesync/runs/eu1     columns; the terminal does it
//
// Other words that are wider than a line are broken.

// fold breaks clean text at spaces into lines of at most max columns, but for what stays whole.
func fold(s string, max int) []string {
	var lines []string
	line := ""
	for _, word := range foldWords(s, max) {
		word = noCommand(word) // any word may come to stand at the start of a line
		for whole := isPasted(word); columns(word) > max && !whole; {
			if line != "" {
				lines, line = append(lines, line), ""
			}
			head := takeColumns(word, max)
			lines, word = append(lines, head), noCommand(word[len(head):])
		}
		switch {
		case line == "":
			line = word
		case columns(line)+1+columns(word) <= max:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// pasted finds what may hold spaces and yet stay in one line: a span in backquotes with what
// follows it without a space, and a command at the end of a text.
var pasted = regexp.MustCompile("[^\\s`]*`[^`]+`[^\\s`]*|(?:^|: )(makesync (?:" + verbs + ")(?: [^`]+)?)$")

// verbs are the commands: "makesync does not manage teams" is none.
const verbs = "adopt|apply|approve|billing|compare|completion|doctor|explain|export|help|init|invitation|migrate|" +
	"plan|report|runs|sandbox|schema|show|snapshot|status|undo|validate|version"

// foldWords are the words between which a line may end.
func foldWords(s string, max int) (words []string) {
	end := 0
	for _, at := range pasted.FindAllStringSubmatchIndex(s, -1) {
		from := at[0]
		if at[2] >= 0 {
			from = at[2]
		}
		words = append(words, strings.Fields(s[end:from])...)
		end = at[1]
		if span := s[from:end]; columns(span) <= max || isPasted(span) {
			words = append(words, span)
		} else {
			words = append(words, strings.Fields(span)...)
		}
	}
	return append(words, strings.Fields(s[end:])...)
}

// pastedStart is how commands, paths and links begin.
var pastedStart = regexp.MustCompile("^[(\"'`]*(?:makesync (?:" + verbs + ") |~?/|\\.\\.?/|https?://|[A-Za-z]:\\\\)")

// isPasted tells whether a word stays whole however wide it is.
func isPasted(word string) bool { return pastedStart.MatchString(word) }
