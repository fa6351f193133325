package approval

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// Of is the statement about a plan, given in its JSON form as encoding/json decodes it. Only zones
// and organizations with steps are part of it, so that the digest stands for the same changes
// whatever else was read. From is now, and until the last second in which it counts. notCovered are
// the addresses of secrets that stand in the documents.
func Of(plan map[string]any, from, until time.Time, notCovered []string) (Statement, error) {
	s := Statement{NotCovered: notCovered, From: from.UTC().Truncate(time.Millisecond),
		Until: until.UTC().Truncate(time.Second)}
	s.Digest, _ = plan["digest"].(string)
	zones, err := zonesOf(plan)
	if err != nil {
		return Statement{}, err
	}
	organizations, _ := plan["organizations"].([]any)
	for _, item := range organizations {
		o, _ := item.(map[string]any)
		steps, _ := o["steps"].([]any)
		if len(steps) == 0 {
			continue
		}
		organization, err := organizationOf(o)
		if err != nil {
			return Statement{}, err
		}
		consequences, err := consequencesOf(steps)
		if err != nil {
			return Statement{}, err
		}
		s.Consequences = append(s.Consequences, consequences...)
		zone, known := zones[organization.Zone]
		if !known {
			return Statement{}, fmt.Errorf(
				"the plan does not say where zone %s is",
				strconv.QuoteToASCII(organization.Zone),
			)
		}
		s.Organizations = append(s.Organizations, organization)
		s.Zones = append(s.Zones, zone)
	}
	if _, err := s.Text(); err != nil {
		return Statement{}, err
	}
	return s, nil
}

func zonesOf(plan map[string]any) (map[string]Zone, error) {
	all := map[string]Zone{}
	zones, _ := plan["zones"].([]any)
	for _, item := range zones {
		z, _ := item.(map[string]any)
		name, _ := z["name"].(string)
		address, _ := z["url"].(string)
		sandbox, _ := z["sandbox"].(bool)
		u, err := url.Parse(address)
		if _, twice := all[name]; err != nil || u.Host == "" || twice {
			return nil, fmt.Errorf("the plan does not say where zone %s is", strconv.QuoteToASCII(name))
		}
		all[name] = Zone{name, u.Host, sandbox}
	}
	return all, nil
}

func organizationOf(o map[string]any) (Organization, error) {
	var out Organization
	out.Zone, _ = o["zone"].(string)
	out.Key, _ = o["key"].(string)
	name, named := o["name"].(string)
	if out.Name = name; !named {
		return out, fmt.Errorf("the plan has no name for organization %s", strconv.QuoteToASCII(out.Key))
	}
	switch id := o["id"].(type) {
	case float64:
		if out.ID = int64(id); float64(out.ID) != id {
			return out, errors.New("the plan has an id that is no whole number")
		}
	case json.Number:
		n, err := strconv.ParseInt(string(id), 10, 64)
		if err != nil {
			return out, errors.New("the plan has an id that is no whole number")
		}
		out.ID = n
	default:
		return out, fmt.Errorf("the plan has no id for organization %s", strconv.QuoteToASCII(out.Key))
	}
	return out, nil
}
