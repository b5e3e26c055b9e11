# bash completion of heyu2mqtt. Made by "npm run reference" from the commands: change those, not this.

_heyu2mqtt_aliases() {
  heyu2mqtt alias list --json 2> /dev/null | sed -n 's/^ *"alias": "\(.*\)",$/\1/p'
}

_heyu2mqtt() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command=heyu2mqtt arguments=0 word i
  COMPREPLY=()

  # "--config=file" comes as three words
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi

  # which command it is, and how many arguments it has
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case "$command $word" in
      'heyu2mqtt init' | \
        'heyu2mqtt run' | \
        'heyu2mqtt status' | \
        'heyu2mqtt demo' | \
        'heyu2mqtt config' | \
        'heyu2mqtt check' | \
        'heyu2mqtt broker-check' | \
        'heyu2mqtt session' | \
        'heyu2mqtt session show' | \
        'heyu2mqtt session clear' | \
        'heyu2mqtt alias' | \
        'heyu2mqtt alias import' | \
        'heyu2mqtt alias adopt' | \
        'heyu2mqtt alias list' | \
        'heyu2mqtt alias show' | \
        'heyu2mqtt alias add' | \
        'heyu2mqtt alias set' | \
        'heyu2mqtt alias rename' | \
        'heyu2mqtt alias remove' | \
        'heyu2mqtt alias check' | \
        'heyu2mqtt alias learn' | \
        'heyu2mqtt alias test' | \
        'heyu2mqtt alias topics' | \
        'heyu2mqtt alias watch' | \
        'heyu2mqtt zone' | \
        'heyu2mqtt zone status' | \
        'heyu2mqtt zone arm' | \
        'heyu2mqtt zone disarm' | \
        'heyu2mqtt zone code' | \
        'heyu2mqtt zone code add' | \
        'heyu2mqtt zone code list' | \
        'heyu2mqtt zone code remove' | \
        'heyu2mqtt web' | \
        'heyu2mqtt web token' | \
        'heyu2mqtt web token add' | \
        'heyu2mqtt web token list' | \
        'heyu2mqtt web token remove' | \
        'heyu2mqtt explain' | \
        'heyu2mqtt why' | \
        'heyu2mqtt report' | \
        'heyu2mqtt service' | \
        'heyu2mqtt service install' | \
        'heyu2mqtt service print' | \
        'heyu2mqtt service uninstall' | \
        'heyu2mqtt service password')
        command="$command $word"
        ;;
      'heyu2mqtt init --config' | \
        'heyu2mqtt init --x10config' | \
        'heyu2mqtt init --log' | \
        'heyu2mqtt init --broker' | \
        'heyu2mqtt init --username' | \
        'heyu2mqtt init --password-file' | \
        'heyu2mqtt init --base-topic' | \
        'heyu2mqtt init --alarm' | \
        'heyu2mqtt init --wait' | \
        'heyu2mqtt run --config' | \
        'heyu2mqtt run --log-level' | \
        'heyu2mqtt status --config' | \
        'heyu2mqtt demo --port' | \
        'heyu2mqtt config --config' | \
        'heyu2mqtt check --config' | \
        'heyu2mqtt broker-check --config' | \
        'heyu2mqtt broker-check --url' | \
        'heyu2mqtt broker-check --restart-cmd' | \
        'heyu2mqtt session show --config' | \
        'heyu2mqtt session clear --config' | \
        'heyu2mqtt alias import --config' | \
        'heyu2mqtt alias import --aliases' | \
        'heyu2mqtt alias import --zone' | \
        'heyu2mqtt alias adopt --config' | \
        'heyu2mqtt alias adopt --aliases' | \
        'heyu2mqtt alias list --config' | \
        'heyu2mqtt alias list --aliases' | \
        'heyu2mqtt alias show --config' | \
        'heyu2mqtt alias show --aliases' | \
        'heyu2mqtt alias add --model' | \
        'heyu2mqtt alias add --type' | \
        'heyu2mqtt alias add --name' | \
        'heyu2mqtt alias add --area' | \
        'heyu2mqtt alias add --zone' | \
        'heyu2mqtt alias add --dusk' | \
        'heyu2mqtt alias add --hold' | \
        'heyu2mqtt alias add --topic' | \
        'heyu2mqtt alias add --id' | \
        'heyu2mqtt alias add --off' | \
        'heyu2mqtt alias add --cooldown' | \
        'heyu2mqtt alias add --min-on' | \
        'heyu2mqtt alias add --sources' | \
        'heyu2mqtt alias add --modes' | \
        'heyu2mqtt alias add --guard' | \
        'heyu2mqtt alias add --entry' | \
        'heyu2mqtt alias add --silent-after' | \
        'heyu2mqtt alias add --ignore' | \
        'heyu2mqtt alias add --config' | \
        'heyu2mqtt alias add --aliases' | \
        'heyu2mqtt alias set --unset' | \
        'heyu2mqtt alias set --address' | \
        'heyu2mqtt alias set --model' | \
        'heyu2mqtt alias set --type' | \
        'heyu2mqtt alias set --name' | \
        'heyu2mqtt alias set --area' | \
        'heyu2mqtt alias set --zone' | \
        'heyu2mqtt alias set --dusk' | \
        'heyu2mqtt alias set --hold' | \
        'heyu2mqtt alias set --topic' | \
        'heyu2mqtt alias set --id' | \
        'heyu2mqtt alias set --off' | \
        'heyu2mqtt alias set --cooldown' | \
        'heyu2mqtt alias set --min-on' | \
        'heyu2mqtt alias set --sources' | \
        'heyu2mqtt alias set --modes' | \
        'heyu2mqtt alias set --guard' | \
        'heyu2mqtt alias set --entry' | \
        'heyu2mqtt alias set --silent-after' | \
        'heyu2mqtt alias set --ignore' | \
        'heyu2mqtt alias set --config' | \
        'heyu2mqtt alias set --aliases' | \
        'heyu2mqtt alias rename --config' | \
        'heyu2mqtt alias rename --aliases' | \
        'heyu2mqtt alias remove --config' | \
        'heyu2mqtt alias remove --aliases' | \
        'heyu2mqtt alias check --config' | \
        'heyu2mqtt alias check --aliases' | \
        'heyu2mqtt alias check --x10config' | \
        'heyu2mqtt alias check --log' | \
        'heyu2mqtt alias learn --config' | \
        'heyu2mqtt alias learn --aliases' | \
        'heyu2mqtt alias learn --from' | \
        'heyu2mqtt alias learn --log' | \
        'heyu2mqtt alias learn --x10config' | \
        'heyu2mqtt alias test --config' | \
        'heyu2mqtt alias topics --config' | \
        'heyu2mqtt alias topics --aliases' | \
        'heyu2mqtt alias watch --config' | \
        'heyu2mqtt zone status --config' | \
        'heyu2mqtt zone arm --mode' | \
        'heyu2mqtt zone arm --config' | \
        'heyu2mqtt zone disarm --config' | \
        'heyu2mqtt zone code add --config' | \
        'heyu2mqtt zone code list --config' | \
        'heyu2mqtt zone code remove --config' | \
        'heyu2mqtt web token add --config' | \
        'heyu2mqtt web token list --config' | \
        'heyu2mqtt web token remove --config' | \
        'heyu2mqtt explain --config' | \
        'heyu2mqtt explain --aliases' | \
        'heyu2mqtt explain --x10config' | \
        'heyu2mqtt explain --date-format' | \
        'heyu2mqtt explain --timezone' | \
        'heyu2mqtt explain --year' | \
        'heyu2mqtt explain --armed' | \
        'heyu2mqtt explain --disarmed' | \
        'heyu2mqtt explain --since' | \
        'heyu2mqtt explain --until' | \
        'heyu2mqtt explain --alias' | \
        'heyu2mqtt why --config' | \
        'heyu2mqtt report --config' | \
        'heyu2mqtt report --aliases' | \
        'heyu2mqtt report --x10config' | \
        'heyu2mqtt report --date-format' | \
        'heyu2mqtt report --timezone' | \
        'heyu2mqtt report --year' | \
        'heyu2mqtt report --html' | \
        'heyu2mqtt service install --config' | \
        'heyu2mqtt service install --systemd' | \
        'heyu2mqtt service print --config' | \
        'heyu2mqtt service print --systemd')
        [[ ${COMP_WORDS[i + 1]} == = ]] && i=$((i + 1))
        i=$((i + 1))
        ;;
      *' -'*) ;;
      *) arguments=$((arguments + 1)) ;;
    esac
  done

  # the value of an option
  case "$command $previous" in
    'heyu2mqtt init --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt init --x10config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt init --log') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt init --broker') :; return ;;
    'heyu2mqtt init --username') :; return ;;
    'heyu2mqtt init --password-file') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt init --base-topic') :; return ;;
    'heyu2mqtt init --alarm') :; return ;;
    'heyu2mqtt init --wait') :; return ;;
    'heyu2mqtt run --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt run --log-level') COMPREPLY=($(compgen -W 'debug info warn error' -- "$current")); return ;;
    'heyu2mqtt status --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt demo --port') :; return ;;
    'heyu2mqtt config --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt check --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt broker-check --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt broker-check --url') :; return ;;
    'heyu2mqtt broker-check --restart-cmd') :; return ;;
    'heyu2mqtt session show --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt session clear --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias import --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias import --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias import --zone') :; return ;;
    'heyu2mqtt alias adopt --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias adopt --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias list --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias list --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias show --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias show --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias add --model') COMPREPLY=($(compgen -W 'MS12 MS12A MS13 MS13A MS14 MS14A MS16 MS16A PLCSENSOR MS10A PMS01 MS90 MS18E DM10 DS10A DS10 DS10E PDS01 DS18 DS90 DS18-1 SD90 BMB-SD18 SD10 EH-CWSD10 EH-WD210 GB10 SH624 PSR01 KR10A KR21 PKR02 KR18 KR18E KR15A SVDATA PALMPAD KR19A KR22 KEYCHAIN ONLYON ONLYOFF REMOTE2 REMOTE3 REMOTE4 REMOTE6 REMOTEP UR81A UR51A UX17A UX23A GURU StdLM LM LM465 LM12 PLM03 PLM01 LM465-1 LM-1 LM15A LM15 PSM04 LMS LM14A PLM21 SL1LM SL2LM SL2380W LL1LM LL2LM LL2000STW StdWS WS WS467 LW10U PLW01 WS477 PLW02 WS467-1 WS-1 WS12A XPD3 WS13A XPS3 PR511 PHS01 StdAM AM AM486 AM12 PAM01 AM466 PAM02 SR227 PA011 AMS RR501 PAT01 ACTAMS RS114 ACTAMSBUG RF234 AM14A PAM21 AM15A PAM22 SL1AM SL2AM AMEXC AMEXC16 AMEXC8 RAIN8 AMEXC4 RAIN8II XM10A XM13A XM14A ORE_T1 ORE_T2 ORE_T3 ORE_TH1 ORE_TH2 ORE_TH3 ORE_TH4 ORE_TH5 ORE_TH6 ORE_THB1 ORE_THB2 ORE_DT1 THR138 THRN122N THN122N THN132N THGR122NX THGN123N THGR228N THGN800 THGR800 THGR810 THGR918N RTGN318 RTGR328N RTGR328N_TH RTGR328N_DT BTHR918 BTHR918N BTHR968 ORE_WIND1 ORE_WIND2 ORE_WIND3 WGR800 WGR918N ORE_RAIN1 ORE_RAIN2 ORE_RAIN3 PCR800 PCR918N ORE_UV1 ORE_UV2 ORE_WGT1 BWR102 RFXSENSOR ORE_TEMU ORE_THEMU ORE_THBEMU ELS_CM113 ELS_ELEC1 ORE_ELS OWL_ELEC2 RFXCOUNT RFXPOWER RFXWATER RFXGAS RFXPULSE DIGIMAX VISGEN VDATA SSVDATA VIRT4 NONE SHUTTER SW10 KAKU_S KAKU_P SEC_IGNORE ORE_IGNORE' -- "$current")); return ;;
    'heyu2mqtt alias add --type') COMPREPLY=($(compgen -W 'motion door window garage opening smoke glass water light_sensor remote light appliance reading' -- "$current")); return ;;
    'heyu2mqtt alias add --name') :; return ;;
    'heyu2mqtt alias add --area') :; return ;;
    'heyu2mqtt alias add --zone') :; return ;;
    'heyu2mqtt alias add --dusk') :; return ;;
    'heyu2mqtt alias add --hold') :; return ;;
    'heyu2mqtt alias add --topic') :; return ;;
    'heyu2mqtt alias add --id') :; return ;;
    'heyu2mqtt alias add --off') COMPREPLY=($(compgen -W 'sensor hold' -- "$current")); return ;;
    'heyu2mqtt alias add --cooldown') :; return ;;
    'heyu2mqtt alias add --min-on') :; return ;;
    'heyu2mqtt alias add --sources') :; return ;;
    'heyu2mqtt alias add --modes') :; return ;;
    'heyu2mqtt alias add --guard') COMPREPLY=($(compgen -W 'armed always off' -- "$current")); return ;;
    'heyu2mqtt alias add --entry') COMPREPLY=($(compgen -W 'auto delayed immediate' -- "$current")); return ;;
    'heyu2mqtt alias add --silent-after') :; return ;;
    'heyu2mqtt alias add --ignore') COMPREPLY=($(compgen -W 'true false' -- "$current")); return ;;
    'heyu2mqtt alias add --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias add --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias set --unset') :; return ;;
    'heyu2mqtt alias set --address') :; return ;;
    'heyu2mqtt alias set --model') COMPREPLY=($(compgen -W 'MS12 MS12A MS13 MS13A MS14 MS14A MS16 MS16A PLCSENSOR MS10A PMS01 MS90 MS18E DM10 DS10A DS10 DS10E PDS01 DS18 DS90 DS18-1 SD90 BMB-SD18 SD10 EH-CWSD10 EH-WD210 GB10 SH624 PSR01 KR10A KR21 PKR02 KR18 KR18E KR15A SVDATA PALMPAD KR19A KR22 KEYCHAIN ONLYON ONLYOFF REMOTE2 REMOTE3 REMOTE4 REMOTE6 REMOTEP UR81A UR51A UX17A UX23A GURU StdLM LM LM465 LM12 PLM03 PLM01 LM465-1 LM-1 LM15A LM15 PSM04 LMS LM14A PLM21 SL1LM SL2LM SL2380W LL1LM LL2LM LL2000STW StdWS WS WS467 LW10U PLW01 WS477 PLW02 WS467-1 WS-1 WS12A XPD3 WS13A XPS3 PR511 PHS01 StdAM AM AM486 AM12 PAM01 AM466 PAM02 SR227 PA011 AMS RR501 PAT01 ACTAMS RS114 ACTAMSBUG RF234 AM14A PAM21 AM15A PAM22 SL1AM SL2AM AMEXC AMEXC16 AMEXC8 RAIN8 AMEXC4 RAIN8II XM10A XM13A XM14A ORE_T1 ORE_T2 ORE_T3 ORE_TH1 ORE_TH2 ORE_TH3 ORE_TH4 ORE_TH5 ORE_TH6 ORE_THB1 ORE_THB2 ORE_DT1 THR138 THRN122N THN122N THN132N THGR122NX THGN123N THGR228N THGN800 THGR800 THGR810 THGR918N RTGN318 RTGR328N RTGR328N_TH RTGR328N_DT BTHR918 BTHR918N BTHR968 ORE_WIND1 ORE_WIND2 ORE_WIND3 WGR800 WGR918N ORE_RAIN1 ORE_RAIN2 ORE_RAIN3 PCR800 PCR918N ORE_UV1 ORE_UV2 ORE_WGT1 BWR102 RFXSENSOR ORE_TEMU ORE_THEMU ORE_THBEMU ELS_CM113 ELS_ELEC1 ORE_ELS OWL_ELEC2 RFXCOUNT RFXPOWER RFXWATER RFXGAS RFXPULSE DIGIMAX VISGEN VDATA SSVDATA VIRT4 NONE SHUTTER SW10 KAKU_S KAKU_P SEC_IGNORE ORE_IGNORE' -- "$current")); return ;;
    'heyu2mqtt alias set --type') COMPREPLY=($(compgen -W 'motion door window garage opening smoke glass water light_sensor remote light appliance reading' -- "$current")); return ;;
    'heyu2mqtt alias set --name') :; return ;;
    'heyu2mqtt alias set --area') :; return ;;
    'heyu2mqtt alias set --zone') :; return ;;
    'heyu2mqtt alias set --dusk') :; return ;;
    'heyu2mqtt alias set --hold') :; return ;;
    'heyu2mqtt alias set --topic') :; return ;;
    'heyu2mqtt alias set --id') :; return ;;
    'heyu2mqtt alias set --off') COMPREPLY=($(compgen -W 'sensor hold' -- "$current")); return ;;
    'heyu2mqtt alias set --cooldown') :; return ;;
    'heyu2mqtt alias set --min-on') :; return ;;
    'heyu2mqtt alias set --sources') :; return ;;
    'heyu2mqtt alias set --modes') :; return ;;
    'heyu2mqtt alias set --guard') COMPREPLY=($(compgen -W 'armed always off' -- "$current")); return ;;
    'heyu2mqtt alias set --entry') COMPREPLY=($(compgen -W 'auto delayed immediate' -- "$current")); return ;;
    'heyu2mqtt alias set --silent-after') :; return ;;
    'heyu2mqtt alias set --ignore') COMPREPLY=($(compgen -W 'true false' -- "$current")); return ;;
    'heyu2mqtt alias set --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias set --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias rename --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias rename --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias remove --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias remove --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias check --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias check --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias check --x10config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias check --log') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias learn --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias learn --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias learn --from') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias learn --log') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias learn --x10config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias test --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias topics --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias topics --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt alias watch --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt zone status --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt zone arm --mode') COMPREPLY=($(compgen -W 'away home night vacation custom_bypass' -- "$current")); return ;;
    'heyu2mqtt zone arm --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt zone disarm --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt zone code add --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt zone code list --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt zone code remove --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt web token add --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt web token list --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt web token remove --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt explain --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt explain --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt explain --x10config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt explain --date-format') COMPREPLY=($(compgen -W 'YMD DMY MDY' -- "$current")); return ;;
    'heyu2mqtt explain --timezone') :; return ;;
    'heyu2mqtt explain --year') :; return ;;
    'heyu2mqtt explain --armed') :; return ;;
    'heyu2mqtt explain --disarmed') :; return ;;
    'heyu2mqtt explain --since') :; return ;;
    'heyu2mqtt explain --until') :; return ;;
    'heyu2mqtt explain --alias') :; return ;;
    'heyu2mqtt why --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt report --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt report --aliases') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt report --x10config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt report --date-format') COMPREPLY=($(compgen -W 'YMD DMY MDY' -- "$current")); return ;;
    'heyu2mqtt report --timezone') :; return ;;
    'heyu2mqtt report --year') :; return ;;
    'heyu2mqtt report --html') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt service install --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt service install --systemd') :; return ;;
    'heyu2mqtt service print --config') compopt -o default 2> /dev/null; return ;;
    'heyu2mqtt service print --systemd') :; return ;;
  esac

  if [[ $current == -* ]]; then
    case $command in
      'heyu2mqtt') COMPREPLY=($(compgen -W '-V --version -h --help' -- "$current")) ;;
      'heyu2mqtt init') COMPREPLY=($(compgen -W '--config --x10config --all-homes --log --broker --username --password-file --base-topic --alarm --no-keyfobs --no-start --wait --yes -h --help' -- "$current")) ;;
      'heyu2mqtt run') COMPREPLY=($(compgen -W '--config --log-level -h --help' -- "$current")) ;;
      'heyu2mqtt status') COMPREPLY=($(compgen -W '--config --json --watch -h --help' -- "$current")) ;;
      'heyu2mqtt demo') COMPREPLY=($(compgen -W '--fast --once --port -h --help' -- "$current")) ;;
      'heyu2mqtt config') COMPREPLY=($(compgen -W '--config --json -h --help' -- "$current")) ;;
      'heyu2mqtt check') COMPREPLY=($(compgen -W '--config --quick --fix --yes --json --anonymous -h --help' -- "$current")) ;;
      'heyu2mqtt broker-check') COMPREPLY=($(compgen -W '--config --url --restart-cmd --verbose --json -h --help' -- "$current")) ;;
      'heyu2mqtt session') COMPREPLY=($(compgen -W '-h --help' -- "$current")) ;;
      'heyu2mqtt session show') COMPREPLY=($(compgen -W '--config --look --json -h --help' -- "$current")) ;;
      'heyu2mqtt session clear') COMPREPLY=($(compgen -W '--config --yes --force -h --help' -- "$current")) ;;
      'heyu2mqtt alias') COMPREPLY=($(compgen -W '-h --help' -- "$current")) ;;
      'heyu2mqtt alias import') COMPREPLY=($(compgen -W '--config --aliases --dry-run --prune --zone --yes -h --help' -- "$current")) ;;
      'heyu2mqtt alias adopt') COMPREPLY=($(compgen -W '--config --aliases --dry-run --yes -h --help' -- "$current")) ;;
      'heyu2mqtt alias list') COMPREPLY=($(compgen -W '--config --aliases --json -h --help' -- "$current")) ;;
      'heyu2mqtt alias show') COMPREPLY=($(compgen -W '--config --aliases --json -h --help' -- "$current")) ;;
      'heyu2mqtt alias add') COMPREPLY=($(compgen -W '--model --type --name --area --zone --dusk --hold --topic --id --off --cooldown --min-on --sources --modes --guard --entry --silent-after --ignore --config --aliases -h --help' -- "$current")) ;;
      'heyu2mqtt alias set') COMPREPLY=($(compgen -W '--unset --address --model --type --name --area --zone --dusk --hold --topic --id --off --cooldown --min-on --sources --modes --guard --entry --silent-after --ignore --config --aliases -h --help' -- "$current")) ;;
      'heyu2mqtt alias rename') COMPREPLY=($(compgen -W '--config --aliases --move-topic -h --help' -- "$current")) ;;
      'heyu2mqtt alias remove') COMPREPLY=($(compgen -W '--config --aliases --yes -h --help' -- "$current")) ;;
      'heyu2mqtt alias check') COMPREPLY=($(compgen -W '--config --aliases --x10config --log --no-log --json -h --help' -- "$current")) ;;
      'heyu2mqtt alias learn') COMPREPLY=($(compgen -W '--config --aliases --from --log --x10config --json -h --help' -- "$current")) ;;
      'heyu2mqtt alias test') COMPREPLY=($(compgen -W '--config --motion --yes -h --help' -- "$current")) ;;
      'heyu2mqtt alias topics') COMPREPLY=($(compgen -W '--config --aliases --json -h --help' -- "$current")) ;;
      'heyu2mqtt alias watch') COMPREPLY=($(compgen -W '--config --json -h --help' -- "$current")) ;;
      'heyu2mqtt zone') COMPREPLY=($(compgen -W '-h --help' -- "$current")) ;;
      'heyu2mqtt zone status') COMPREPLY=($(compgen -W '--config --json -h --help' -- "$current")) ;;
      'heyu2mqtt zone arm') COMPREPLY=($(compgen -W '--mode --config --json -h --help' -- "$current")) ;;
      'heyu2mqtt zone disarm') COMPREPLY=($(compgen -W '--config --json -h --help' -- "$current")) ;;
      'heyu2mqtt zone code') COMPREPLY=($(compgen -W '-h --help' -- "$current")) ;;
      'heyu2mqtt zone code add') COMPREPLY=($(compgen -W '--config -h --help' -- "$current")) ;;
      'heyu2mqtt zone code list') COMPREPLY=($(compgen -W '--config --json -h --help' -- "$current")) ;;
      'heyu2mqtt zone code remove') COMPREPLY=($(compgen -W '--config -h --help' -- "$current")) ;;
      'heyu2mqtt web') COMPREPLY=($(compgen -W '-h --help' -- "$current")) ;;
      'heyu2mqtt web token') COMPREPLY=($(compgen -W '-h --help' -- "$current")) ;;
      'heyu2mqtt web token add') COMPREPLY=($(compgen -W '--config --json -h --help' -- "$current")) ;;
      'heyu2mqtt web token list') COMPREPLY=($(compgen -W '--config --json -h --help' -- "$current")) ;;
      'heyu2mqtt web token remove') COMPREPLY=($(compgen -W '--config -h --help' -- "$current")) ;;
      'heyu2mqtt explain') COMPREPLY=($(compgen -W '--config --no-config --aliases --x10config --date-format --timezone --year --armed --disarmed --since --until --alias --alerts --json --anonymous -h --help' -- "$current")) ;;
      'heyu2mqtt why') COMPREPLY=($(compgen -W '--config --json --anonymous -h --help' -- "$current")) ;;
      'heyu2mqtt report') COMPREPLY=($(compgen -W '--config --no-config --aliases --x10config --date-format --timezone --year --html --json --anonymous -h --help' -- "$current")) ;;
      'heyu2mqtt service') COMPREPLY=($(compgen -W '-h --help' -- "$current")) ;;
      'heyu2mqtt service install') COMPREPLY=($(compgen -W '--config --systemd --print -h --help' -- "$current")) ;;
      'heyu2mqtt service print') COMPREPLY=($(compgen -W '--config --systemd -h --help' -- "$current")) ;;
      'heyu2mqtt service uninstall') COMPREPLY=($(compgen -W '--purge -h --help' -- "$current")) ;;
      'heyu2mqtt service password') COMPREPLY=($(compgen -W '--remove -h --help' -- "$current")) ;;
    esac
    return
  fi

  case "$command:$arguments" in
    'heyu2mqtt:0') COMPREPLY=($(compgen -W 'init run status demo config check broker-check session alias zone web explain why report service' -- "$current")) ;;
    'heyu2mqtt status:'*) COMPREPLY=($(compgen -W "$(_heyu2mqtt_aliases)" -- "$current")) ;;
    'heyu2mqtt session:0') COMPREPLY=($(compgen -W 'show clear' -- "$current")) ;;
    'heyu2mqtt alias:0') COMPREPLY=($(compgen -W 'import adopt list show add set rename remove check learn test topics watch' -- "$current")) ;;
    'heyu2mqtt alias import:'0) compopt -o default 2> /dev/null ;;
    'heyu2mqtt alias show:'0) COMPREPLY=($(compgen -W "$(_heyu2mqtt_aliases)" -- "$current")) ;;
    'heyu2mqtt alias set:'0) COMPREPLY=($(compgen -W "$(_heyu2mqtt_aliases)" -- "$current")) ;;
    'heyu2mqtt alias rename:'0) COMPREPLY=($(compgen -W "$(_heyu2mqtt_aliases)" -- "$current")) ;;
    'heyu2mqtt alias remove:'*) COMPREPLY=($(compgen -W "$(_heyu2mqtt_aliases)" -- "$current")) ;;
    'heyu2mqtt alias test:'0) COMPREPLY=($(compgen -W "$(_heyu2mqtt_aliases)" -- "$current")) ;;
    'heyu2mqtt alias topics:'0) COMPREPLY=($(compgen -W "$(_heyu2mqtt_aliases)" -- "$current")) ;;
    'heyu2mqtt alias watch:'*) COMPREPLY=($(compgen -W "$(_heyu2mqtt_aliases)" -- "$current")) ;;
    'heyu2mqtt zone:0') COMPREPLY=($(compgen -W 'status arm disarm code' -- "$current")) ;;
    'heyu2mqtt zone code:0') COMPREPLY=($(compgen -W 'add list remove' -- "$current")) ;;
    'heyu2mqtt web:0') COMPREPLY=($(compgen -W 'token' -- "$current")) ;;
    'heyu2mqtt web token:0') COMPREPLY=($(compgen -W 'add list remove' -- "$current")) ;;
    'heyu2mqtt explain:'*) compopt -o default 2> /dev/null ;;
    'heyu2mqtt why:'0) COMPREPLY=($(compgen -W "$(_heyu2mqtt_aliases)" -- "$current")) ;;
    'heyu2mqtt report:'*) compopt -o default 2> /dev/null ;;
    'heyu2mqtt service:0') COMPREPLY=($(compgen -W 'install print uninstall password' -- "$current")) ;;
  esac
}

complete -F _heyu2mqtt heyu2mqtt
