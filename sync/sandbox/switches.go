package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// Switch is a question about Make that no source answers. The zone gives either
// answer; the first value is the likely one and the default.
type Switch struct {
	Name   string
	Values []string // the first is the default
	About  string   // what it decides, one line
}

// Default is the value of a switch that was not set.
func (s Switch) Default() string { return s.Values[0] }

// SwitchTable returns every switch, in the order of the documentation.
func SwitchTable() []Switch { return slices.Clone(switches) }

// ParseSwitch reads "name=value". The error names the possible values.
func ParseSwitch(s string) (name, value string, err error) {
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		return "", "", fmt.Errorf("switch %q: write it as name=value", s)
	}
	return name, value, checkSwitch(name, value)
}

func checkSwitch(name, value string) error {
	i := slices.IndexFunc(switches, func(s Switch) bool { return s.Name == name })
	if i < 0 {
		names := make([]string, len(switches))
		for i, s := range switches {
			names[i] = s.Name
		}
		return fmt.Errorf("no switch %q; there are %s", name, strings.Join(names, ", "))
	}
	if !slices.Contains(switches[i].Values, value) {
		return fmt.Errorf("switch %s: no value %q; it can be %s", name, value, strings.Join(switches[i].Values, ", "))
	}
	return nil
}

// Switches returns the value of every switch by name.
func (w *World) Switches() map[string]string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	all := map[string]string{}
	for _, s := range switches {
		all[s.Name] = w.switchValue(s.Name)
	}
	return all
}

// SetPassingSwitch sets one switch for as long as the world is open: no state file keeps it.
func (w *World) SetPassingSwitch(name, value string) error {
	if err := checkSwitch(name, value); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.passing[name] = value
	return nil
}

// SetSwitch sets one switch; the state file keeps it.
func (w *World) SetSwitch(name, value string) error {
	if err := checkSwitch(name, value); err != nil {
		return err
	}
	return w.alter(func(s *State) error {
		delete(w.passing, name)
		if s.Switches == nil {
			s.Switches = map[string]string{}
		}
		s.Switches[name] = value
		return nil
	})
}

// switchValue needs the lock of the world, as all of the state does.
func (w *World) switchValue(name string) string {
	if v, ok := w.passing[name]; ok {
		return v
	}
	if v, ok := w.state.Switches[name]; ok {
		return v
	}
	v, ok := defaults[name]
	if !ok {
		panic("sandbox: no switch " + name)
	}
	return v
}

var defaults = func() map[string]string {
	m := map[string]string{}
	for _, s := range switches {
		m[s.Name] = s.Default()
	}
	return m
}()
