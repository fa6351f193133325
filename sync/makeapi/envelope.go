package makeapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// envelope is an error reply (published: message and code; Make's own client also reads detail and
// suberrors). Every field may be missing or of another type.
type envelope struct {
	Detail    longText `json:"detail"`
	Message   longText `json:"message"`
	Code      longText `json:"code"`
	Error     longText `json:"error"`
	Suberrors list     `json:"suberrors"`
	// Metadata is what a refused deletion would hit (published with IM004, in an example).
	Metadata affected `json:"metadata"`
}

// list is an array of suberrors, or anything else, which then says nothing.
type list []struct {
	Message longText `json:"message"`
}

// UnmarshalJSON takes what it can.
func (l *list) UnmarshalJSON(data []byte) error {
	var each []json.RawMessage
	if json.Unmarshal(data, &each) != nil {
		return nil
	}
	for _, one := range each {
		var row struct {
			Message longText `json:"message"`
		}
		if json.Unmarshal(one, &row) != nil || row.Message == "" {
			json.Unmarshal(one, &row.Message)
		}
		if row.Message != "" {
			*l = append(*l, row)
		}
	}
	return nil
}

// affected is what would be hit, by what it is: an array of {type, data}, of which data has been
// seen as rows of scenarios only. Anything else is shown as far as it names something.
type affected []affectedGroup

type affectedGroup struct {
	kind  string
	names []string
	more  int
}

// mostAffected are those that an error names.
const mostAffected = 10

// UnmarshalJSON takes what it can.
func (a *affected) UnmarshalJSON(data []byte) error {
	var groups []json.RawMessage
	if json.Unmarshal(data, &groups) != nil {
		return nil
	}
	for _, group := range groups {
		var row struct {
			Type longText          `json:"type"`
			Data []json.RawMessage `json:"data"`
		}
		var mistyped *json.UnmarshalTypeError
		if err := json.Unmarshal(group, &row); err != nil && !errors.As(err, &mistyped) || row.Type == "" {
			continue
		}
		g := affectedGroup{kind: row.Type.trimmed(), more: max(0, len(row.Data)-mostAffected)}
		for _, one := range row.Data[:min(len(row.Data), mostAffected)] {
			if name := affectedName(one); name != "" {
				g.names = append(g.names, name)
			}
		}
		*a = append(*a, g)
	}
	return nil
}

// affectedName is "Daily sync (101)", of whatever keys end with Name and Id.
func affectedName(row json.RawMessage) string {
	var plain longText
	var fields map[string]longText
	if json.Unmarshal(row, &fields) != nil {
		_ = json.Unmarshal(row, &plain)
		return plain.trimmed()
	}
	name, id := "", ""
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		switch lower, value := strings.ToLower(key), fields[key]; {
		case strings.HasSuffix(lower, "name"):
			name = cmp.Or(name, value.trimmed())
		case strings.HasSuffix(lower, "id"):
			id = cmp.Or(id, value.trimmed())
		}
	}
	if name != "" && id != "" {
		return name + " (" + id + ")"
	}
	return name + id
}

// words are "it would hit scenarios: Daily sync (101), Report (102) and 3 more".
func (a affected) words() string {
	var groups []string
	for _, g := range a {
		words := g.kind
		if len(g.names) > 0 {
			words += ": " + strings.Join(g.names, ", ")
			if g.more > 0 {
				words += fmt.Sprintf(" and %d more", g.more)
			}
		}
		groups = append(groups, words)
	}
	if len(groups) == 0 {
		return ""
	}
	return "it would hit " + strings.Join(groups, "; ")
}

// readEnvelope gives the code and the words of an error reply, whatever its form: JSON, plain text
// (rate limits and the edge answer so) or a page. whole is false when it broke off: then its words
// may be missing.
func readEnvelope(body io.Reader) (code, message string, whole bool) {
	data, broke := io.ReadAll(body) // what came of a broken body still says something
	if errors.Is(broke, errTooLong) {
		broke = nil // a very long page is whole enough
	}
	var e envelope
	if json.Unmarshal(data, &e) != nil {
		var plain longText
		if json.Unmarshal(data, &plain) == nil && plain != "" {
			return "", string(plain), broke == nil
		}
		return "", pageText(string(data)), broke == nil && !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{"))
	}
	words := []string{string(e.Detail)}
	if e.Detail == "" {
		words[0] = string(e.Message)
	}
	if words[0] == "" {
		words[0] = string(e.Error)
	}
	for _, sub := range e.Suberrors {
		words = append(words, string(sub.Message))
	}
	if hit := e.Metadata.words(); hit != "" {
		words = append(words, hit)
	}
	return string(e.Code), strings.Trim(strings.Join(words, "; "), "; "), broke == nil
}

var (
	pageTitle = regexp.MustCompile(`(?is)<(?:title|h1)[^>]*>(.*?)</(?:title|h1)>`)
	pageTags  = regexp.MustCompile(`(?s)<(?:script|style)[^>]*>.*?</(?:script|style)>|<[^>]*>`)
)

// pageText is the title of an HTML page, or the text itself where it is none.
func pageText(data string) string {
	if !strings.HasPrefix(strings.TrimSpace(data), "<") {
		return data
	}
	if title := pageTitle.FindStringSubmatch(data); title != nil && strings.TrimSpace(title[1]) != "" {
		data = title[1]
	}
	return html.UnescapeString(pageTags.ReplaceAllString(data, " "))
}
