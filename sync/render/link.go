package render

import (
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/sync/plan"
)

// Links are what a terminal opens on a click (OSC 8). Nil: none are written.
type Links struct {
	// Folder is the working directory, and Host this machine: a terminal on another one then knows
	// that it does not have the file.
	Folder, Host string
	// NoFile are names that look like files and are none.
	NoFile []string
}

// What begins and ends a link. Whatever stands between is escaped by net/url, so that it holds
// neither a control character nor the end.
const (
	linkBegin = "\x1b]8;;"
	linkEnd   = "\x1b\\"
)

var linkMark = regexp.MustCompile(`\x1b\]8;;[^\x1b]*\x1b\\`)

// WithoutLinks takes the links out of a text of this package.
func WithoutLinks(text []byte) []byte { return linkMark.ReplaceAll(text, nil) }

// link makes text lead to a url, "" to none.
func (p *printer) link(target, text string) string {
	if p.Links == nil || target == "" {
		return text
	}
	return linkBegin + target + linkEnd + text + linkBegin + linkEnd
}

// file is the url of a place in a file; "" when it is in none.
func (l *Links) file(source *spec.Source) string {
	if l == nil || source == nil || source.File == "" || slices.Contains(l.NoFile, source.File) {
		return ""
	}
	name := source.File
	if !filepath.IsAbs(name) {
		name = filepath.Join(l.Folder, name)
	}
	u := url.URL{Scheme: "file", Host: l.Host, Path: rooted(filepath.ToSlash(name))}
	if source.Line > 0 {
		u.Fragment = strconv.Itoa(source.Line)
	}
	return u.String()
}

// rooted gives C:/x the slash that paths of urls begin with.
func rooted(path string) string {
	if strings.HasPrefix(path, "/") {
		return path
	}
	return "/" + path
}

// pagesOf are the zones whose organizations have pages that may be linked, by name. Only those of
// the built-in hosts may: which others there are is said by documents and plan files, which nobody
// may have looked at yet. A simulated zone has no pages.
func pagesOf(zones []plan.Zone) map[string]string {
	pages := map[string]string{}
	for _, zone := range zones {
		if at := "https://" + spec.BuiltinHost(zone.Name); at == zone.URL && !zone.Sandbox {
			pages[zone.Name] = at
		}
	}
	return pages
}

// page is that of an organization in Make; "" when there is none, or none yet.
func (p *printer) page(o *plan.Organization) string {
	if at := p.pages[o.Zone]; at != "" && o.ID != 0 {
		return at + "/organization/" + strconv.FormatInt(o.ID, 10) + "/dashboard"
	}
	return ""
}
