package help

import (
	"cmp"
	"fmt"
	"strings"
)

// Manual is a page about a command or a topic: man(1) shows it as Roff, `makesync help COMMAND` as
// Text.
type Manual struct {
	// Name is that of the page: makesync-plan.
	Name string
	// Section is 1 for commands, 7 for topics.
	Section int
	// Version is what the page says it belongs to: "makesync 1.2.3". There is no date in it, so
	// that the same tree makes the same pages.
	Version string
	// Summary is one line.
	Summary  string
	Sections []ManualSection
}

// ManualSection is what stands below one heading. In Roff the heading is in capitals.
type ManualSection struct {
	Heading string
	// Text is filled to the width of the terminal.
	Text string
	// Entries are names with what they mean.
	Entries []ManualEntry
	// Lines are shown as they are.
	Lines string
}

// ManualEntry is a flag or a command with what it is for.
type ManualEntry struct {
	Name, Text string
	// Page is its page of the manual, by which Roff calls it: makesync-plan(1); "" for none.
	Page string
}

// topicWidth is for pages that are shown as they are: what man leaves of 80 columns.
const topicWidth = 72

// Manual is the topic as a page of section 7.
func (t Topic) Manual(version string) Manual {
	return Manual{
		Name: "makesync-" + t.Name, Section: 7, Version: version, Summary: t.Title,
		Sections: []ManualSection{{Heading: "DESCRIPTION", Lines: t.Text(topicWidth)}},
	}
}

// File is the name under which man finds the page.
func (m Manual) File() string { return fmt.Sprintf("%s.%d", m.Name, m.Section) }

// Roff is the page in the language of man.
func (m Manual) Roff() string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s %d \"\" %s makesync\n", roffWord(strings.ToUpper(m.Name)), m.Section, roffWord(m.Version))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(m.Name), roff(m.Summary))
	for _, s := range m.Sections {
		s.write(&b)
	}
	return b.String()
}

func (s ManualSection) write(b *strings.Builder) {
	fmt.Fprintf(b, ".SH %s\n", roffWord(strings.ToUpper(s.Heading)))
	if s.Text != "" {
		b.WriteString(roff(s.Text) + "\n")
	}
	for _, e := range s.Entries {
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roffWord(cmp.Or(e.Page, e.Name)), roff(e.Text))
	}
	if s.Lines != "" {
		fmt.Fprintf(b, ".nf\n%s\n.fi\n", roff(strings.TrimRight(s.Lines, "\n")))
	}
}

// roff keeps a text from being read as commands: a backslash, a point or an apostrophe that begins
// a line. A hyphen stays one that can be pasted into a shell.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, `-`, `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

// roffWord is one argument of a command.
func roffWord(text string) string { return `"` + strings.ReplaceAll(roff(text), `"`, `""`) + `"` }
