package text

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// logCommand begins what a job's log obeys wherever it stands in a line: ##[error] on GitHub and
// Azure Pipelines, ##vso[task.setvariable …] on Azure Pipelines, ##teamcity[…].
var logCommand = regexp.MustCompile(`##([A-Za-z]*\[)`)

// NoLogCommand is the text without what the log of a job takes for a command: its second # is
// written as that form says, such as `\x23`.
func NoLogCommand(s, form string) string {
	if !strings.Contains(s, "##") {
		return s
	}
	return logCommand.ReplaceAllStringFunc(s, func(found string) string { return "#" + form + found[2:] })
}

// SafeJSON escapes, in JSON text, what is legal there but not safe on a terminal or in a log: DEL,
// C1 controls, bidirectional and invisible characters, commands of logs. All of them can stand only
// inside strings, so that the text can be walked without parsing it.
func SafeJSON(data []byte) []byte {
	if bytes.Contains(data, []byte("##")) {
		data = []byte(NoLogCommand(string(data), `\u0023`))
	}
	first := bytes.IndexFunc(data, isUnsafeInJSON)
	if first < 0 {
		return data
	}
	out := append(make([]byte, 0, len(data)+len(data)/8), data[:first]...)
	for data = data[first:]; len(data) > 0; {
		r, n := utf8.DecodeRune(data)
		if isUnsafeInJSON(r) {
			out = appendJSONEscape(out, r)
		} else {
			out = append(out, data[:n]...)
		}
		data = data[n:]
	}
	return out
}

func isUnsafeInJSON(r rune) bool {
	return r > '~' && (r == utf8.RuneError || !IsPrint(r))
}

func appendJSONEscape(out []byte, r rune) []byte {
	if r < 0x10000 {
		return fmt.Appendf(out, `\u%04x`, r)
	}
	r -= 0x10000
	return fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
}
