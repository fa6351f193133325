package render

import (
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
)

// textTemplate is a page that holds a text as it stands.
const textTemplate = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{.Policy}}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>makesync {{.What}}</title>
<style>{{.Style}}</style>
</head>
<body>
<header><div class="wide"><h1>makesync {{.What}}</h1></div></header>
<main class="wide"><pre>{{.Text}}</pre></main>
</body>
</html>
`

var textPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("text").Parse(textTemplate))
})

// TextHTML writes a text of this package as one self-contained page.
func TextHTML(w io.Writer, what, text string) error {
	return textPage().Execute(w, struct {
		Policy, What, Text string
		Style              template.CSS
	}{policy(), what, text, template.CSS(pageStyle)})
}

// TextMarkdown writes a text of this package as a comment, in at most maxBytes bytes (0:
// DefaultMaxBytes): lines that do not fit are counted.
func TextMarkdown(w io.Writer, what, text string, maxBytes int) error {
	maxBytes, err := byteBudget(what, maxBytes)
	if err != nil {
		return err
	}
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	head := "<!-- makesync: " + what + " -->\n### makesync " + what + "\n\n"
	lines, room := strings.SplitAfter(text, "\n"), maxBytes-len(head)-2*len(fence)-noticeBytes
	shown := 0
	for shown < len(lines) && len(lines[shown]) <= room {
		room -= len(lines[shown])
		shown++
	}
	body := strings.TrimRight(strings.Join(lines[:shown], ""), "\n")
	if hidden := len(lines) - shown; hidden > 0 {
		head += fmt.Sprintf("> Too large for one comment: %d lines are not shown.\n\n", hidden)
	}
	_, err = io.WriteString(w, head+fence+"\n"+body+"\n"+fence+"\n")
	return err
}

// longestRun is the longest row of one character.
func longestRun(text string, of rune) (longest int) {
	run := 0
	for _, r := range text {
		if r != of {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
