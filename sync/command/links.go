package command

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"makesync/sync/render"
)

// linksOn are those of a text on the terminal; nil where there is none, or none that is known to
// know them: others would show what a link is made of.
func linksOn(r *runtimeEnv, color bool) *render.Links {
	if !color || !r.Terminal.Stdout || r.lookup("NO_COLOR") != "" || r.dumb() || !knowsLinks(r.Env) {
		return nil
	}
	folder, err := filepath.Abs(".")
	if err != nil {
		return nil
	}
	links := &render.Links{Folder: folder, Host: r.Terminal.Host}
	if r.piped != nil {
		links.NoFile = []string{"stdin"}
	}
	return links
}

// linkTerms and linkPrograms are terminals that show links as such, by TERM and TERM_PROGRAM.
var (
	linkTerms = []string{"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "foot-extra", "wezterm", "contour",
		"rio", "mintty"}
	linkPrograms = []string{"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "mintty"}
)

// The first versions of VTE (GNOME and others) and of Konsole that are good at links.
const (
	leastVTE     = 5000   // 0.50
	leastKonsole = 201200 // 20.12
)

// knowsLinks tells it by what the terminal says of itself. tmux and screen stand between: what they
// pass on nobody knows.
func knowsLinks(env Env) bool {
	term := env.lookup("TERM")
	atLeast := func(name string, least int) bool {
		version, err := strconv.Atoi(env.lookup(name))
		return err == nil && version >= least
	}
	switch {
	case env.lookup("TMUX") != "" || strings.HasPrefix(term, "screen") || strings.HasPrefix(term, "tmux"):
		return false
	case slices.Contains(linkTerms, term), slices.Contains(linkPrograms, env.lookup("TERM_PROGRAM")):
		return true
	}
	return env.lookup("WT_SESSION") != "" ||
		atLeast("VTE_VERSION", leastVTE) || atLeast("KONSOLE_VERSION", leastKonsole)
}
