package help

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed topics/*.md
var files embed.FS

// Topic is one page.
type Topic struct {
	// Name is the word behind `makesync help`, the name of the file without its ending.
	Name string
	// Title is the page's first heading.
	Title string
	// Markdown is the whole page.
	Markdown string
}

// Topics are all pages, by name.
func Topics() []Topic {
	names, err := fs.Glob(files, "topics/*.md")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	topics := make([]Topic, 0, len(names))
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			panic(fmt.Errorf("read the embedded page %s: %w", name, err))
		}
		topics = append(topics, newTopic(strings.TrimSuffix(strings.TrimPrefix(name, "topics/"), ".md"), string(data)))
	}
	slices.SortFunc(topics, func(a, b Topic) int { return strings.Compare(a.Name, b.Name) })
	return topics
}

func newTopic(name, markdown string) Topic {
	heading, _, _ := strings.Cut(markdown, "\n")
	return Topic{Name: name, Title: plain(strings.TrimPrefix(heading, "# ")), Markdown: markdown}
}

// Find gives the page of a name, without case.
func Find(name string) (Topic, bool) {
	topics := Topics()
	i := slices.IndexFunc(topics, func(t Topic) bool { return strings.EqualFold(t.Name, name) })
	if i < 0 {
		return Topic{}, false
	}
	return topics[i], true
}

// Names are the names of all pages, sorted.
func Names() []string {
	var names []string
	for _, t := range Topics() {
		names = append(names, t.Name)
	}
	return names
}
