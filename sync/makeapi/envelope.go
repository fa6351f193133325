package makeapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io"
	"regexp"
	"strings"
)

// envelope is an error reply (published: message and code; Make's own client also reads detail and
// suberrors). Every field may be missing or of another type.
type envelope struct {
	Detail    looseText `json:"detail"`
	Message   looseText `json:"message"`
	Code      looseText `json:"code"`
	Error     looseText `json:"error"`
	Suberrors list      `json:"suberrors"`
}

// list is an array of suberrors, or anything else, which then says nothing.
type list []struct {
	Message looseText `json:"message"`
}

// UnmarshalJSON takes what it can.
func (l *list) UnmarshalJSON(data []byte) error {
	var each []json.RawMessage
	if json.Unmarshal(data, &each) != nil {
		return nil
	}
	for _, one := range each {
		var row struct {
			Message looseText `json:"message"`
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
		var plain looseText
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
