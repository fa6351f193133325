package command

import (
	"fmt"
	"slices"
	"strings"

	"makesync/sync/complete"
)

var completionScripts = map[string]func([]completion) string{
	"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion, "powershell": powershellCompletion,
}

// shellCases are the branches of a case statement over the command's path, for bash and zsh.
func shellCases(all []completion) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "    %q) words=%q ;;\n", c.path, c.words())
	}
	return b.String()
}

// shellPaths are the paths of all commands, one a line, against which words are collected.
func shellPaths(all []completion) string {
	var paths []string
	for _, c := range all[1:] {
		paths = append(paths, fmt.Sprintf("%q", c.path))
	}
	return strings.Join(paths, "|")
}

const bashTemplate = `# bash completion for makesync
_makesync_values() { # the candidates for what is typed last, one a line
  local words line="${COMP_LINE:0:$COMP_POINT}"
  [[ -n "$line" ]] || line="${COMP_WORDS[*]:0:COMP_CWORD+1}"
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] || "${COMP_WORDS[COMP_CWORD]}" == "" && -z "$COMP_LINE" ]] && words+=("")
  words=("${words[@]//[\"\']/}")
  local last="${words[${#words[@]}-1]}" cut="" part char value
  for char in = : @; do # bash takes these for the beginning of another word
    [[ "$COMP_WORDBREAKS" == *"$char"* && "$last" == *"$char"* ]] || continue
    part="${last%"$char"*}$char"
    (( ${#part} > ${#cut} )) && cut="$part"
  done
  "${words[0]/#\~/$HOME}" completion values -- "${words[@]:1:${#words[@]}-2}" "=$last" 2>/dev/null |
    while IFS= read -r value; do printf '%s\n' "${value#"$cut"}"; done
}
_makesync() {
  local current="${COMP_WORDS[COMP_CWORD]}" path="" next words word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="${path:+$path }$word"
    case "$next" in
    PATHS) path="$next" ;;
    esac
  done
  COMPREPLY=()
  if [[ "$current" != -* && "$path" != "" ]]; then
    while IFS= read -r word; do
      COMPREPLY+=("$word")
      [[ "$word" != */ ]] || compopt -o nospace 2>/dev/null
    done < <(_makesync_values)
    (( ${#COMPREPLY[@]} == 0 )) || return 0
  fi
  case "$path" in
CASES  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ "$current" != -* && "$path" != "" ]]; then
    while IFS= read -r word; do # a name is one word, whatever it holds
      COMPREPLY+=("$word")
    done < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _makesync makesync
`

func bashCompletion(all []completion) string { return fillShell(bashTemplate, all) }

const zshTemplate = `#compdef makesync
# zsh completion for makesync
_makesync() {
  local path_="" next words_ word
  local -a before_ values_ parents_
  for word in "${(@)words[2,CURRENT-1]}"; do
    next="${path_:+$path_ }$word"
    case "$next" in
    PATHS) path_="$next" ;;
    esac
  done
  if [[ "$path_" != "" && ( "$PREFIX" != -* || "$PREFIX" == *=* ) ]]; then
    before_=("${words[1]/#\~/$HOME}" completion values -- "${(@Q)words[2,CURRENT-1]}")
    values_=("${(@f)$("${(@)before_}" "=${(Q)PREFIX}" 2>/dev/null)}")
    values_=("${(@)values_:#}")
    if (( $#values_ )); then
      parents_=("${(@M)values_:#*/}")
      compadd -- "${(@)values_:#*/}"
      compadd -S '' -- "${(@)parents_}"
      return
    fi
  fi
  case "$path_" in
CASES  esac
  compadd -- ${=words_}
  [[ "$path_" == "" ]] || _files
}
if [[ "${funcstack[1]}" == _makesync ]]; then # from a folder of fpath
  _makesync "$@"
else
  (( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit -i }
  compdef _makesync makesync
fi
`

func zshCompletion(all []completion) string {
	return strings.ReplaceAll(fillShell(zshTemplate, all), ") words=", ") words_=")
}

func fillShell(template string, all []completion) string {
	return strings.NewReplacer("PATHS", shellPaths(all), "CASES", shellCases(all)).Replace(template)
}

const fishTemplate = `# fish completion for makesync
function __makesync_at # is this the command on the line?
  set -l tokens (commandline -opc)
  set -e tokens[1]
  set -l path ''
  for word in $tokens
    set -l next (string trim -- "$path $word")
    switch "$next"
      case PATHS
        set path "$next"
    end
  end
  test "$path" = "$argv[1]"
end
function __makesync_values
  set -l tokens (commandline -opc)
  $tokens[1] completion values -- $tokens[2..-1] "="(commandline -ct | string unescape) 2>/dev/null
end
`

func fishCompletion(all []completion) string {
	var b strings.Builder
	b.WriteString(strings.Replace(fishTemplate, "PATHS", strings.ReplaceAll(shellPaths(all), "|", " "), 1))
	for _, c := range all {
		condition := fmt.Sprintf("__makesync_at %q", c.path)
		for _, name := range c.arguments {
			fmt.Fprintf(&b, "complete -c makesync -f -n '%s' -a %s\n", condition, name)
		}
		if slices.Contains(complete.CommandsWithValues(), c.path) {
			fmt.Fprintf(&b, "complete -c makesync -n '%s' -a '(__makesync_values)'\n", condition)
		}
		for _, name := range c.flags {
			option := "-l " + strings.TrimPrefix(name, "--")
			if !strings.HasPrefix(name, "--") {
				option = "-s " + strings.TrimPrefix(name, "-")
			}
			switch {
			case slices.Contains(c.known, name):
				option += " -x -a '(__makesync_values)'"
			case slices.Contains(c.values, name):
				option += " -r"
			}
			fmt.Fprintf(&b, "complete -c makesync -n '%s' %s\n", condition, option)
		}
	}
	return b.String()
}

const powershellTemplate = `# PowerShell completion for makesync
Register-ArgumentCompleter -Native -CommandName makesync -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $table = @{
TABLE  }
  $path = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    $next = "$path $element".Trim()
    if ($table.ContainsKey($next)) { $path = $next }
  }
  if ($path -ne '' -and ($wordToComplete -notlike '-*' -or $wordToComplete -like '*=*')) {
    $words = @($commandAst.CommandElements | ForEach-Object { $_.ToString().Trim("'", '"') })
    if ($wordToComplete -ne '') { $words = @($words | Select-Object -SkipLast 1) }
    $rest = @($words | Select-Object -Skip 1)
    $values = @(& $words[0] completion values '--' @rest "=$($wordToComplete.Trim("'", '"'))" 2>$null)
    if ($values.Count -gt 0) {
      $values | ForEach-Object {
        $text = if ($_ -match '^[\w./:=+-]+$') { $_ } else { "'" + $_.Replace("'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
      }
      return
    }
  }
  $table[$path] -split ' ' | Where-Object { $_ -like "$wordToComplete*" } |
    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
`

func powershellCompletion(all []completion) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "    '%s' = '%s'\n", c.path, c.words())
	}
	return strings.Replace(powershellTemplate, "TABLE", b.String(), 1)
}
