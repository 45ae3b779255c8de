/**
 * Generated, not edited: `node src/text/emoji-table.make.mjs GEMOJI` in web/ writes it, see there. From gemoji (MIT licence):
 * emoji, group, names, words to find it by. A chunk of its own.
 */
export const GROUPS: readonly string[] = ["Smileys & Emotion","People & Body","Animals & Nature","Food & Drink","Travel & Places","Activities","Objects","Symbols","Flags"];

export const TABLE = `
😀 0 grinning smile,happy
😃 0 smiley happy,joy,haha
😄 0 smile happy,joy,laugh,pleased
😁 0 grin
😆 0 laughing,satisfied happy,haha
😅 0 sweat_smile hot
🤣 0 rofl lol,laughing
😂 0 joy tears
🙂 0 slightly_smiling_face
🙃 0 upside_down_face
🫠 0 melting_face sarcasm,dread
😉 0 wink flirt
😊 0 blush proud
😇 0 innocent angel
🥰 0 smiling_face_with_three_hearts love
😍 0 heart_eyes love,crush
🤩 0 star_struck eyes
😘 0 kissing_heart flirt
😗 0 kissing
☺️ 0 relaxed blush,pleased
😚 0 kissing_closed_eyes
😙 0 kissing_smiling_eyes
🥲 0 smiling_face_with_tear
😋 0 yum tongue,lick
😛 0 stuck_out_tongue
😜 0 stuck_out_tongue_winking_eye prank,silly
🤪 0 zany_face goofy,wacky
😝 0 stuck_out_tongue_closed_eyes prank
🤑 0 money_mouth_face rich
🤗 0 hugs
🤭 0 hand_over_mouth quiet,whoops
🫢 0 face_with_open_eyes_and_hand_over_mouth gasp,shock
🫣 0 face_with_peeking_eye
🤫 0 shushing_face silence,quiet
🤔 0 thinking
🫡 0 saluting_face respect
🤐 0 zipper_mouth_face silence,hush
🤨 0 raised_eyebrow suspicious
😐 0 neutral_face meh
😑 0 expressionless
😶 0 no_mouth mute,silence
🫥 0 dotted_line_face invisible
😶‍🌫️ 0 face_in_clouds
😏 0 smirk smug
😒 0 unamused meh
🙄 0 roll_eyes
😬 0 grimacing
😮‍💨 0 face_exhaling
🤥 0 lying_face liar
🫨 0 shaking_face shock
😌 0 relieved whew
😔 0 pensive
😪 0 sleepy tired
🤤 0 drooling_face
😴 0 sleeping zzz
😷 0 mask sick,ill
🤒 0 face_with_thermometer sick
🤕 0 face_with_head_bandage hurt
🤢 0 nauseated_face sick,barf,disgusted
🤮 0 vomiting_face barf,sick
🤧 0 sneezing_face achoo,sick
🥵 0 hot_face heat,sweating
🥶 0 cold_face freezing,ice
🥴 0 woozy_face groggy
😵 0 dizzy_face
😵‍💫 0 face_with_spiral_eyes
🤯 0 exploding_head mind,blown
🤠 0 cowboy_hat_face
🥳 0 partying_face celebration,birthday
🥸 0 disguised_face
😎 0 sunglasses cool
🤓 0 nerd_face geek,glasses
🧐 0 monocle_face
😕 0 confused
🫤 0 face_with_diagonal_mouth confused
😟 0 worried nervous
🙁 0 slightly_frowning_face
☹️ 0 frowning_face
😮 0 open_mouth surprise,impressed,wow
😯 0 hushed silence,speechless
😲 0 astonished amazed,gasp
😳 0 flushed
🥺 0 pleading_face puppy,eyes
🥹 0 face_holding_back_tears tears,gratitude
😦 0 frowning
😧 0 anguished stunned
😨 0 fearful scared,shocked,oops
😰 0 cold_sweat nervous
😥 0 disappointed_relieved phew,sweat,nervous
😢 0 cry sad,tear
😭 0 sob sad,cry,bawling
😱 0 scream horror,shocked
😖 0 confounded
😣 0 persevere struggling
😞 0 disappointed sad
😓 0 sweat
😩 0 weary tired
😫 0 tired_face upset,whine
🥱 0 yawning_face
😤 0 triumph smug
😡 0 rage,pout angry
😠 0 angry mad,annoyed
🤬 0 cursing_face foul
😈 0 smiling_imp devil,evil,horns
👿 0 imp angry,devil,evil,horns
💀 0 skull dead,danger,poison
☠️ 0 skull_and_crossbones danger,pirate
💩 0 hankey,poop,shit crap
🤡 0 clown_face
👹 0 japanese_ogre monster
👺 0 japanese_goblin
👻 0 ghost halloween
👽 0 alien ufo
👾 0 space_invader game,retro
🤖 0 robot
😺 0 smiley_cat
😸 0 smile_cat
😹 0 joy_cat
😻 0 heart_eyes_cat
😼 0 smirk_cat
😽 0 kissing_cat
🙀 0 scream_cat horror
😿 0 crying_cat_face sad,tear
😾 0 pouting_cat
🙈 0 see_no_evil monkey,blind,ignore
🙉 0 hear_no_evil monkey,deaf
🙊 0 speak_no_evil monkey,mute,hush
💌 0 love_letter email,envelope
💘 0 cupid love,heart
💝 0 gift_heart chocolates
💖 0 sparkling_heart
💗 0 heartpulse
💓 0 heartbeat
💞 0 revolving_hearts
💕 0 two_hearts
💟 0 heart_decoration
❣️ 0 heavy_heart_exclamation
💔 0 broken_heart
❤️‍🔥 0 heart_on_fire
❤️‍🩹 0 mending_heart
❤️ 0 heart love
🩷 0 pink_heart
🧡 0 orange_heart
💛 0 yellow_heart
💚 0 green_heart
💙 0 blue_heart
🩵 0 light_blue_heart
💜 0 purple_heart
🤎 0 brown_heart
🖤 0 black_heart
🩶 0 grey_heart
🤍 0 white_heart
💋 0 kiss lipstick
💯 0 100 score,perfect
💢 0 anger angry
💥 0 boom,collision explode
💫 0 dizzy star
💦 0 sweat_drops water,workout
💨 0 dash wind,blow,fast
🕳️ 0 hole
💬 0 speech_balloon comment
👁️‍🗨️ 0 eye_speech_bubble
🗨️ 0 left_speech_bubble
🗯️ 0 right_anger_bubble
💭 0 thought_balloon thinking
💤 0 zzz sleeping
👋 1 wave goodbye
🤚 1 raised_back_of_hand
🖐️ 1 raised_hand_with_fingers_splayed
✋ 1 hand,raised_hand highfive,stop
🖖 1 vulcan_salute prosper,spock
🫱 1 rightwards_hand
🫲 1 leftwards_hand
🫳 1 palm_down_hand
🫴 1 palm_up_hand
🫷 1 leftwards_pushing_hand
🫸 1 rightwards_pushing_hand
👌 1 ok_hand
🤌 1 pinched_fingers
🤏 1 pinching_hand
✌️ 1 v victory,peace
🤞 1 crossed_fingers luck,hopeful
🫰 1 hand_with_index_finger_and_thumb_crossed
🤟 1 love_you_gesture
🤘 1 metal
🤙 1 call_me_hand
👈 1 point_left
👉 1 point_right
👆 1 point_up_2
🖕 1 middle_finger,fu
👇 1 point_down
☝️ 1 point_up
🫵 1 index_pointing_at_the_viewer
👍 1 +1,thumbsup approve,ok
👎 1 -1,thumbsdown disapprove,bury
✊ 1 fist_raised,fist power
👊 1 fist_oncoming,facepunch,punch attack
🤛 1 fist_left
🤜 1 fist_right
👏 1 clap praise,applause
🙌 1 raised_hands hooray
🫶 1 heart_hands love
👐 1 open_hands
🤲 1 palms_up_together
🤝 1 handshake deal
🙏 1 pray please,hope,wish
✍️ 1 writing_hand
💅 1 nail_care beauty,manicure
🤳 1 selfie
💪 1 muscle flex,bicep,strong,workout
🦾 1 mechanical_arm
🦿 1 mechanical_leg
🦵 1 leg
🦶 1 foot
👂 1 ear hear,sound,listen
🦻 1 ear_with_hearing_aid
👃 1 nose smell
🧠 1 brain
🫀 1 anatomical_heart
🫁 1 lungs
🦷 1 tooth
🦴 1 bone
👀 1 eyes look,see,watch
👁️ 1 eye
👅 1 tongue taste
👄 1 lips kiss
🫦 1 biting_lip
👶 1 baby child,newborn
🧒 1 child
👦 1 boy child
👧 1 girl child
🧑 1 adult
👱 1 blond_haired_person
👨 1 man mustache,father,dad
🧔 1 bearded_person
🧔‍♂️ 1 man_beard
🧔‍♀️ 1 woman_beard
👨‍🦰 1 red_haired_man
👨‍🦱 1 curly_haired_man
👨‍🦳 1 white_haired_man
👨‍🦲 1 bald_man
👩 1 woman girls
👩‍🦰 1 red_haired_woman
🧑‍🦰 1 person_red_hair
👩‍🦱 1 curly_haired_woman
🧑‍🦱 1 person_curly_hair
👩‍🦳 1 white_haired_woman
🧑‍🦳 1 person_white_hair
👩‍🦲 1 bald_woman
🧑‍🦲 1 person_bald
👱‍♀️ 1 blond_haired_woman,blonde_woman
👱‍♂️ 1 blond_haired_man
🧓 1 older_adult
👴 1 older_man
👵 1 older_woman
🙍 1 frowning_person
🙍‍♂️ 1 frowning_man
🙍‍♀️ 1 frowning_woman
🙎 1 pouting_face
🙎‍♂️ 1 pouting_man
🙎‍♀️ 1 pouting_woman
🙅 1 no_good stop,halt,denied
🙅‍♂️ 1 no_good_man,ng_man stop,halt,denied
🙅‍♀️ 1 no_good_woman,ng_woman stop,halt,denied
🙆 1 ok_person
🙆‍♂️ 1 ok_man
🙆‍♀️ 1 ok_woman
💁 1 tipping_hand_person,information_desk_person
💁‍♂️ 1 tipping_hand_man,sassy_man information
💁‍♀️ 1 tipping_hand_woman,sassy_woman information
🙋 1 raising_hand
🙋‍♂️ 1 raising_hand_man
🙋‍♀️ 1 raising_hand_woman
🧏 1 deaf_person
🧏‍♂️ 1 deaf_man
🧏‍♀️ 1 deaf_woman
🙇 1 bow respect,thanks
🙇‍♂️ 1 bowing_man respect,thanks
🙇‍♀️ 1 bowing_woman respect,thanks
🤦 1 facepalm
🤦‍♂️ 1 man_facepalming
🤦‍♀️ 1 woman_facepalming
🤷 1 shrug
🤷‍♂️ 1 man_shrugging
🤷‍♀️ 1 woman_shrugging
🧑‍⚕️ 1 health_worker
👨‍⚕️ 1 man_health_worker doctor,nurse
👩‍⚕️ 1 woman_health_worker doctor,nurse
🧑‍🎓 1 student
👨‍🎓 1 man_student graduation
👩‍🎓 1 woman_student graduation
🧑‍🏫 1 teacher
👨‍🏫 1 man_teacher school,professor
👩‍🏫 1 woman_teacher school,professor
🧑‍⚖️ 1 judge
👨‍⚖️ 1 man_judge justice
👩‍⚖️ 1 woman_judge justice
🧑‍🌾 1 farmer
👨‍🌾 1 man_farmer
👩‍🌾 1 woman_farmer
🧑‍🍳 1 cook
👨‍🍳 1 man_cook chef
👩‍🍳 1 woman_cook chef
🧑‍🔧 1 mechanic
👨‍🔧 1 man_mechanic
👩‍🔧 1 woman_mechanic
🧑‍🏭 1 factory_worker
👨‍🏭 1 man_factory_worker
👩‍🏭 1 woman_factory_worker
🧑‍💼 1 office_worker
👨‍💼 1 man_office_worker business
👩‍💼 1 woman_office_worker business
🧑‍🔬 1 scientist
👨‍🔬 1 man_scientist research
👩‍🔬 1 woman_scientist research
🧑‍💻 1 technologist
👨‍💻 1 man_technologist coder
👩‍💻 1 woman_technologist coder
🧑‍🎤 1 singer
👨‍🎤 1 man_singer rockstar
👩‍🎤 1 woman_singer rockstar
🧑‍🎨 1 artist
👨‍🎨 1 man_artist painter
👩‍🎨 1 woman_artist painter
🧑‍✈️ 1 pilot
👨‍✈️ 1 man_pilot
👩‍✈️ 1 woman_pilot
🧑‍🚀 1 astronaut
👨‍🚀 1 man_astronaut space
👩‍🚀 1 woman_astronaut space
🧑‍🚒 1 firefighter
👨‍🚒 1 man_firefighter
👩‍🚒 1 woman_firefighter
👮 1 police_officer,cop law
👮‍♂️ 1 policeman law,cop
👮‍♀️ 1 policewoman law,cop
🕵️ 1 detective sleuth
🕵️‍♂️ 1 male_detective sleuth
🕵️‍♀️ 1 female_detective sleuth
💂 1 guard
💂‍♂️ 1 guardsman
💂‍♀️ 1 guardswoman
🥷 1 ninja
👷 1 construction_worker helmet
👷‍♂️ 1 construction_worker_man helmet
👷‍♀️ 1 construction_worker_woman helmet
🫅 1 person_with_crown
🤴 1 prince crown,royal
👸 1 princess crown,royal
👳 1 person_with_turban
👳‍♂️ 1 man_with_turban
👳‍♀️ 1 woman_with_turban
👲 1 man_with_gua_pi_mao
🧕 1 woman_with_headscarf hijab
🤵 1 person_in_tuxedo groom,marriage,wedding
🤵‍♂️ 1 man_in_tuxedo
🤵‍♀️ 1 woman_in_tuxedo
👰 1 person_with_veil marriage,wedding
👰‍♂️ 1 man_with_veil
👰‍♀️ 1 woman_with_veil,bride_with_veil
🤰 1 pregnant_woman
🫃 1 pregnant_man
🫄 1 pregnant_person
🤱 1 breast_feeding nursing
👩‍🍼 1 woman_feeding_baby
👨‍🍼 1 man_feeding_baby
🧑‍🍼 1 person_feeding_baby
👼 1 angel
🎅 1 santa christmas
🤶 1 mrs_claus santa
🧑‍🎄 1 mx_claus
🦸 1 superhero
🦸‍♂️ 1 superhero_man
🦸‍♀️ 1 superhero_woman
🦹 1 supervillain
🦹‍♂️ 1 supervillain_man
🦹‍♀️ 1 supervillain_woman
🧙 1 mage wizard
🧙‍♂️ 1 mage_man wizard
🧙‍♀️ 1 mage_woman wizard
🧚 1 fairy
🧚‍♂️ 1 fairy_man
🧚‍♀️ 1 fairy_woman
🧛 1 vampire
🧛‍♂️ 1 vampire_man
🧛‍♀️ 1 vampire_woman
🧜 1 merperson
🧜‍♂️ 1 merman
🧜‍♀️ 1 mermaid
🧝 1 elf
🧝‍♂️ 1 elf_man
🧝‍♀️ 1 elf_woman
🧞 1 genie
🧞‍♂️ 1 genie_man
🧞‍♀️ 1 genie_woman
🧟 1 zombie
🧟‍♂️ 1 zombie_man
🧟‍♀️ 1 zombie_woman
🧌 1 troll
💆 1 massage spa
💆‍♂️ 1 massage_man spa
💆‍♀️ 1 massage_woman spa
💇 1 haircut beauty
💇‍♂️ 1 haircut_man
💇‍♀️ 1 haircut_woman
🚶 1 walking
🚶‍♂️ 1 walking_man
🚶‍♀️ 1 walking_woman
🧍 1 standing_person
🧍‍♂️ 1 standing_man
🧍‍♀️ 1 standing_woman
🧎 1 kneeling_person
🧎‍♂️ 1 kneeling_man
🧎‍♀️ 1 kneeling_woman
🧑‍🦯 1 person_with_probing_cane
👨‍🦯 1 man_with_probing_cane
👩‍🦯 1 woman_with_probing_cane
🧑‍🦼 1 person_in_motorized_wheelchair
👨‍🦼 1 man_in_motorized_wheelchair
👩‍🦼 1 woman_in_motorized_wheelchair
🧑‍🦽 1 person_in_manual_wheelchair
👨‍🦽 1 man_in_manual_wheelchair
👩‍🦽 1 woman_in_manual_wheelchair
🏃 1 runner,running exercise,workout,marathon
🏃‍♂️ 1 running_man exercise,workout,marathon
🏃‍♀️ 1 running_woman exercise,workout,marathon
💃 1 woman_dancing,dancer dress
🕺 1 man_dancing dancer
🕴️ 1 business_suit_levitating
👯 1 dancers bunny
👯‍♂️ 1 dancing_men bunny
👯‍♀️ 1 dancing_women bunny
🧖 1 sauna_person steamy
🧖‍♂️ 1 sauna_man steamy
🧖‍♀️ 1 sauna_woman steamy
🧗 1 climbing bouldering
🧗‍♂️ 1 climbing_man bouldering
🧗‍♀️ 1 climbing_woman bouldering
🤺 1 person_fencing
🏇 1 horse_racing
⛷️ 1 skier
🏂 1 snowboarder
🏌️ 1 golfing
🏌️‍♂️ 1 golfing_man
🏌️‍♀️ 1 golfing_woman
🏄 1 surfer
🏄‍♂️ 1 surfing_man
🏄‍♀️ 1 surfing_woman
🚣 1 rowboat
🚣‍♂️ 1 rowing_man
🚣‍♀️ 1 rowing_woman
🏊 1 swimmer
🏊‍♂️ 1 swimming_man
🏊‍♀️ 1 swimming_woman
⛹️ 1 bouncing_ball_person basketball
⛹️‍♂️ 1 bouncing_ball_man,basketball_man
⛹️‍♀️ 1 bouncing_ball_woman,basketball_woman
🏋️ 1 weight_lifting gym,workout
🏋️‍♂️ 1 weight_lifting_man gym,workout
🏋️‍♀️ 1 weight_lifting_woman gym,workout
🚴 1 bicyclist
🚴‍♂️ 1 biking_man
🚴‍♀️ 1 biking_woman
🚵 1 mountain_bicyclist
🚵‍♂️ 1 mountain_biking_man
🚵‍♀️ 1 mountain_biking_woman
🤸 1 cartwheeling
🤸‍♂️ 1 man_cartwheeling
🤸‍♀️ 1 woman_cartwheeling
🤼 1 wrestling
🤼‍♂️ 1 men_wrestling
🤼‍♀️ 1 women_wrestling
🤽 1 water_polo
🤽‍♂️ 1 man_playing_water_polo
🤽‍♀️ 1 woman_playing_water_polo
🤾 1 handball_person
🤾‍♂️ 1 man_playing_handball
🤾‍♀️ 1 woman_playing_handball
🤹 1 juggling_person
🤹‍♂️ 1 man_juggling
🤹‍♀️ 1 woman_juggling
🧘 1 lotus_position meditation
🧘‍♂️ 1 lotus_position_man meditation
🧘‍♀️ 1 lotus_position_woman meditation
🛀 1 bath shower
🛌 1 sleeping_bed
🧑‍🤝‍🧑 1 people_holding_hands couple,date
👭 1 two_women_holding_hands couple,date
👫 1 couple date
👬 1 two_men_holding_hands couple,date
💏 1 couplekiss
👩‍❤️‍💋‍👨 1 couplekiss_man_woman
👨‍❤️‍💋‍👨 1 couplekiss_man_man
👩‍❤️‍💋‍👩 1 couplekiss_woman_woman
💑 1 couple_with_heart
👩‍❤️‍👨 1 couple_with_heart_woman_man
👨‍❤️‍👨 1 couple_with_heart_man_man
👩‍❤️‍👩 1 couple_with_heart_woman_woman
👪 1 family home,parents,child
👨‍👩‍👦 1 family_man_woman_boy
👨‍👩‍👧 1 family_man_woman_girl
👨‍👩‍👧‍👦 1 family_man_woman_girl_boy
👨‍👩‍👦‍👦 1 family_man_woman_boy_boy
👨‍👩‍👧‍👧 1 family_man_woman_girl_girl
👨‍👨‍👦 1 family_man_man_boy
👨‍👨‍👧 1 family_man_man_girl
👨‍👨‍👧‍👦 1 family_man_man_girl_boy
👨‍👨‍👦‍👦 1 family_man_man_boy_boy
👨‍👨‍👧‍👧 1 family_man_man_girl_girl
👩‍👩‍👦 1 family_woman_woman_boy
👩‍👩‍👧 1 family_woman_woman_girl
👩‍👩‍👧‍👦 1 family_woman_woman_girl_boy
👩‍👩‍👦‍👦 1 family_woman_woman_boy_boy
👩‍👩‍👧‍👧 1 family_woman_woman_girl_girl
👨‍👦 1 family_man_boy
👨‍👦‍👦 1 family_man_boy_boy
👨‍👧 1 family_man_girl
👨‍👧‍👦 1 family_man_girl_boy
👨‍👧‍👧 1 family_man_girl_girl
👩‍👦 1 family_woman_boy
👩‍👦‍👦 1 family_woman_boy_boy
👩‍👧 1 family_woman_girl
👩‍👧‍👦 1 family_woman_girl_boy
👩‍👧‍👧 1 family_woman_girl_girl
🗣️ 1 speaking_head
👤 1 bust_in_silhouette user
👥 1 busts_in_silhouette users,group,team
🫂 1 people_hugging
👣 1 footprints feet,tracks
🐵 2 monkey_face
🐒 2 monkey
🦍 2 gorilla
🦧 2 orangutan
🐶 2 dog pet
🐕 2 dog2
🦮 2 guide_dog
🐕‍🦺 2 service_dog
🐩 2 poodle dog
🐺 2 wolf
🦊 2 fox_face
🦝 2 raccoon
🐱 2 cat pet
🐈 2 cat2
🐈‍⬛ 2 black_cat
🦁 2 lion
🐯 2 tiger
🐅 2 tiger2
🐆 2 leopard
🐴 2 horse
🫎 2 moose canada
🫏 2 donkey mule
🐎 2 racehorse speed
🦄 2 unicorn
🦓 2 zebra
🦌 2 deer
🦬 2 bison
🐮 2 cow
🐂 2 ox
🐃 2 water_buffalo
🐄 2 cow2
🐷 2 pig
🐖 2 pig2
🐗 2 boar
🐽 2 pig_nose
🐏 2 ram
🐑 2 sheep
🐐 2 goat
🐪 2 dromedary_camel desert
🐫 2 camel
🦙 2 llama
🦒 2 giraffe
🐘 2 elephant
🦣 2 mammoth
🦏 2 rhinoceros
🦛 2 hippopotamus
🐭 2 mouse
🐁 2 mouse2
🐀 2 rat
🐹 2 hamster pet
🐰 2 rabbit bunny
🐇 2 rabbit2
🐿️ 2 chipmunk
🦫 2 beaver
🦔 2 hedgehog
🦇 2 bat
🐻 2 bear
🐻‍❄️ 2 polar_bear
🐨 2 koala
🐼 2 panda_face
🦥 2 sloth
🦦 2 otter
🦨 2 skunk
🦘 2 kangaroo
🦡 2 badger
🐾 2 feet,paw_prints
🦃 2 turkey thanksgiving
🐔 2 chicken
🐓 2 rooster
🐣 2 hatching_chick
🐤 2 baby_chick
🐥 2 hatched_chick
🐦 2 bird
🐧 2 penguin
🕊️ 2 dove peace
🦅 2 eagle
🦆 2 duck
🦢 2 swan
🦉 2 owl
🦤 2 dodo
🪶 2 feather
🦩 2 flamingo
🦚 2 peacock
🦜 2 parrot
🪽 2 wing fly
🐦‍⬛ 2 black_bird
🪿 2 goose honk
🐸 2 frog
🐊 2 crocodile
🐢 2 turtle slow
🦎 2 lizard
🐍 2 snake
🐲 2 dragon_face
🐉 2 dragon
🦕 2 sauropod dinosaur
🦖 2 t-rex dinosaur
🐳 2 whale sea
🐋 2 whale2
🐬 2 dolphin,flipper
🦭 2 seal
🐟 2 fish
🐠 2 tropical_fish
🐡 2 blowfish
🦈 2 shark
🐙 2 octopus
🐚 2 shell sea,beach
🪸 2 coral
🪼 2 jellyfish
🐌 2 snail slow
🦋 2 butterfly
🐛 2 bug
🐜 2 ant
🐝 2 bee,honeybee
🪲 2 beetle
🐞 2 lady_beetle bug
🦗 2 cricket
🪳 2 cockroach
🕷️ 2 spider
🕸️ 2 spider_web
🦂 2 scorpion
🦟 2 mosquito
🪰 2 fly
🪱 2 worm
🦠 2 microbe germ
💐 2 bouquet flowers
🌸 2 cherry_blossom flower,spring
💮 2 white_flower
🪷 2 lotus
🏵️ 2 rosette
🌹 2 rose flower
🥀 2 wilted_flower
🌺 2 hibiscus
🌻 2 sunflower
🌼 2 blossom
🌷 2 tulip flower
🪻 2 hyacinth
🌱 2 seedling plant
🪴 2 potted_plant
🌲 2 evergreen_tree wood
🌳 2 deciduous_tree wood
🌴 2 palm_tree
🌵 2 cactus
🌾 2 ear_of_rice
🌿 2 herb
☘️ 2 shamrock
🍀 2 four_leaf_clover luck
🍁 2 maple_leaf canada
🍂 2 fallen_leaf autumn
🍃 2 leaves leaf
🪹 2 empty_nest
🪺 2 nest_with_eggs
🍄 2 mushroom fungus
🍇 3 grapes
🍈 3 melon
🍉 3 watermelon
🍊 3 tangerine,orange,mandarin
🍋 3 lemon
🍌 3 banana fruit
🍍 3 pineapple
🥭 3 mango
🍎 3 apple
🍏 3 green_apple fruit
🍐 3 pear
🍑 3 peach
🍒 3 cherries fruit
🍓 3 strawberry fruit
🫐 3 blueberries
🥝 3 kiwi_fruit
🍅 3 tomato
🫒 3 olive
🥥 3 coconut
🥑 3 avocado
🍆 3 eggplant aubergine
🥔 3 potato
🥕 3 carrot
🌽 3 corn
🌶️ 3 hot_pepper spicy
🫑 3 bell_pepper
🥒 3 cucumber
🥬 3 leafy_green
🥦 3 broccoli
🧄 3 garlic
🧅 3 onion
🥜 3 peanuts
🫘 3 beans
🌰 3 chestnut
🫚 3 ginger_root
🫛 3 pea_pod
🍞 3 bread toast
🥐 3 croissant
🥖 3 baguette_bread
🫓 3 flatbread
🥨 3 pretzel
🥯 3 bagel
🥞 3 pancakes
🧇 3 waffle
🧀 3 cheese
🍖 3 meat_on_bone
🍗 3 poultry_leg meat,chicken
🥩 3 cut_of_meat
🥓 3 bacon
🍔 3 hamburger burger
🍟 3 fries
🍕 3 pizza
🌭 3 hotdog
🥪 3 sandwich
🌮 3 taco
🌯 3 burrito
🫔 3 tamale
🥙 3 stuffed_flatbread
🧆 3 falafel
🥚 3 egg
🍳 3 fried_egg breakfast
🥘 3 shallow_pan_of_food paella,curry
🍲 3 stew
🫕 3 fondue
🥣 3 bowl_with_spoon
🥗 3 green_salad
🍿 3 popcorn
🧈 3 butter
🧂 3 salt
🥫 3 canned_food
🍱 3 bento
🍘 3 rice_cracker
🍙 3 rice_ball
🍚 3 rice
🍛 3 curry
🍜 3 ramen noodle
🍝 3 spaghetti pasta
🍠 3 sweet_potato
🍢 3 oden
🍣 3 sushi
🍤 3 fried_shrimp tempura
🍥 3 fish_cake
🥮 3 moon_cake
🍡 3 dango
🥟 3 dumpling
🥠 3 fortune_cookie
🥡 3 takeout_box
🦀 3 crab
🦞 3 lobster
🦐 3 shrimp
🦑 3 squid
🦪 3 oyster
🍦 3 icecream
🍧 3 shaved_ice
🍨 3 ice_cream
🍩 3 doughnut
🍪 3 cookie
🎂 3 birthday party
🍰 3 cake dessert
🧁 3 cupcake
🥧 3 pie
🍫 3 chocolate_bar
🍬 3 candy sweet
🍭 3 lollipop
🍮 3 custard
🍯 3 honey_pot
🍼 3 baby_bottle milk
🥛 3 milk_glass
☕ 3 coffee cafe,espresso
🫖 3 teapot
🍵 3 tea green,breakfast
🍶 3 sake
🍾 3 champagne bottle,bubbly,celebration
🍷 3 wine_glass
🍸 3 cocktail drink
🍹 3 tropical_drink summer,vacation
🍺 3 beer drink
🍻 3 beers drinks
🥂 3 clinking_glasses cheers,toast
🥃 3 tumbler_glass whisky
🫗 3 pouring_liquid
🥤 3 cup_with_straw
🧋 3 bubble_tea
🧃 3 beverage_box
🧉 3 mate
🧊 3 ice_cube
🥢 3 chopsticks
🍽️ 3 plate_with_cutlery dining,dinner
🍴 3 fork_and_knife cutlery
🥄 3 spoon
🔪 3 hocho,knife cut,chop
🫙 3 jar
🏺 3 amphora
🌍 4 earth_africa globe,world,international
🌎 4 earth_americas globe,world,international
🌏 4 earth_asia globe,world,international
🌐 4 globe_with_meridians world,global,international
🗺️ 4 world_map travel
🗾 4 japan
🧭 4 compass
🏔️ 4 mountain_snow
⛰️ 4 mountain
🌋 4 volcano
🗻 4 mount_fuji
🏕️ 4 camping
🏖️ 4 beach_umbrella
🏜️ 4 desert
🏝️ 4 desert_island
🏞️ 4 national_park
🏟️ 4 stadium
🏛️ 4 classical_building
🏗️ 4 building_construction
🧱 4 bricks
🪨 4 rock
🪵 4 wood
🛖 4 hut
🏘️ 4 houses
🏚️ 4 derelict_house
🏠 4 house
🏡 4 house_with_garden
🏢 4 office
🏣 4 post_office
🏤 4 european_post_office
🏥 4 hospital
🏦 4 bank
🏨 4 hotel
🏩 4 love_hotel
🏪 4 convenience_store
🏫 4 school
🏬 4 department_store
🏭 4 factory
🏯 4 japanese_castle
🏰 4 european_castle
💒 4 wedding marriage
🗼 4 tokyo_tower
🗽 4 statue_of_liberty
⛪ 4 church
🕌 4 mosque
🛕 4 hindu_temple
🕍 4 synagogue
⛩️ 4 shinto_shrine
🕋 4 kaaba
⛲ 4 fountain
⛺ 4 tent camping
🌁 4 foggy karl
🌃 4 night_with_stars
🏙️ 4 cityscape skyline
🌄 4 sunrise_over_mountains
🌅 4 sunrise
🌆 4 city_sunset
🌇 4 city_sunrise
🌉 4 bridge_at_night
♨️ 4 hotsprings
🎠 4 carousel_horse
🛝 4 playground_slide
🎡 4 ferris_wheel
🎢 4 roller_coaster
💈 4 barber
🎪 4 circus_tent
🚂 4 steam_locomotive train
🚃 4 railway_car
🚄 4 bullettrain_side train
🚅 4 bullettrain_front train
🚆 4 train2
🚇 4 metro
🚈 4 light_rail
🚉 4 station
🚊 4 tram
🚝 4 monorail
🚞 4 mountain_railway
🚋 4 train
🚌 4 bus
🚍 4 oncoming_bus
🚎 4 trolleybus
🚐 4 minibus
🚑 4 ambulance
🚒 4 fire_engine
🚓 4 police_car
🚔 4 oncoming_police_car
🚕 4 taxi
🚖 4 oncoming_taxi
🚗 4 car,red_car
🚘 4 oncoming_automobile
🚙 4 blue_car
🛻 4 pickup_truck
🚚 4 truck
🚛 4 articulated_lorry
🚜 4 tractor
🏎️ 4 racing_car
🏍️ 4 motorcycle
🛵 4 motor_scooter
🦽 4 manual_wheelchair
🦼 4 motorized_wheelchair
🛺 4 auto_rickshaw
🚲 4 bike bicycle
🛴 4 kick_scooter
🛹 4 skateboard
🛼 4 roller_skate
🚏 4 busstop
🛣️ 4 motorway
🛤️ 4 railway_track
🛢️ 4 oil_drum
⛽ 4 fuelpump
🛞 4 wheel
🚨 4 rotating_light 911,emergency
🚥 4 traffic_light
🚦 4 vertical_traffic_light semaphore
🛑 4 stop_sign
🚧 4 construction wip
⚓ 4 anchor ship
🛟 4 ring_buoy life_preserver
⛵ 4 boat,sailboat
🛶 4 canoe
🚤 4 speedboat ship
🛳️ 4 passenger_ship cruise
⛴️ 4 ferry
🛥️ 4 motor_boat
🚢 4 ship
✈️ 4 airplane flight
🛩️ 4 small_airplane flight
🛫 4 flight_departure
🛬 4 flight_arrival
🪂 4 parachute
💺 4 seat
🚁 4 helicopter
🚟 4 suspension_railway
🚠 4 mountain_cableway
🚡 4 aerial_tramway
🛰️ 4 artificial_satellite orbit,space
🚀 4 rocket ship,launch
🛸 4 flying_saucer ufo
🛎️ 4 bellhop_bell
🧳 4 luggage
⌛ 4 hourglass time
⏳ 4 hourglass_flowing_sand time
⌚ 4 watch time
⏰ 4 alarm_clock morning
⏱️ 4 stopwatch
⏲️ 4 timer_clock
🕰️ 4 mantelpiece_clock
🕛 4 clock12
🕧 4 clock1230
🕐 4 clock1
🕜 4 clock130
🕑 4 clock2
🕝 4 clock230
🕒 4 clock3
🕞 4 clock330
🕓 4 clock4
🕟 4 clock430
🕔 4 clock5
🕠 4 clock530
🕕 4 clock6
🕡 4 clock630
🕖 4 clock7
🕢 4 clock730
🕗 4 clock8
🕣 4 clock830
🕘 4 clock9
🕤 4 clock930
🕙 4 clock10
🕥 4 clock1030
🕚 4 clock11
🕦 4 clock1130
🌑 4 new_moon
🌒 4 waxing_crescent_moon
🌓 4 first_quarter_moon
🌔 4 moon,waxing_gibbous_moon
🌕 4 full_moon
🌖 4 waning_gibbous_moon
🌗 4 last_quarter_moon
🌘 4 waning_crescent_moon
🌙 4 crescent_moon night
🌚 4 new_moon_with_face
🌛 4 first_quarter_moon_with_face
🌜 4 last_quarter_moon_with_face
🌡️ 4 thermometer
☀️ 4 sunny weather
🌝 4 full_moon_with_face
🌞 4 sun_with_face summer
🪐 4 ringed_planet
⭐ 4 star
🌟 4 star2
🌠 4 stars
🌌 4 milky_way
☁️ 4 cloud
⛅ 4 partly_sunny weather,cloud
⛈️ 4 cloud_with_lightning_and_rain
🌤️ 4 sun_behind_small_cloud
🌥️ 4 sun_behind_large_cloud
🌦️ 4 sun_behind_rain_cloud
🌧️ 4 cloud_with_rain
🌨️ 4 cloud_with_snow
🌩️ 4 cloud_with_lightning
🌪️ 4 tornado
🌫️ 4 fog
🌬️ 4 wind_face
🌀 4 cyclone swirl
🌈 4 rainbow
🌂 4 closed_umbrella weather,rain
☂️ 4 open_umbrella
☔ 4 umbrella rain,weather
⛱️ 4 parasol_on_ground beach_umbrella
⚡ 4 zap lightning,thunder
❄️ 4 snowflake winter,cold,weather
☃️ 4 snowman_with_snow winter,christmas
⛄ 4 snowman winter
☄️ 4 comet
🔥 4 fire burn
💧 4 droplet water
🌊 4 ocean sea
🎃 5 jack_o_lantern halloween
🎄 5 christmas_tree
🎆 5 fireworks festival,celebration
🎇 5 sparkler
🧨 5 firecracker
✨ 5 sparkles shiny
🎈 5 balloon party,birthday
🎉 5 tada hooray,party
🎊 5 confetti_ball
🎋 5 tanabata_tree
🎍 5 bamboo
🎎 5 dolls
🎏 5 flags
🎐 5 wind_chime
🎑 5 rice_scene
🧧 5 red_envelope
🎀 5 ribbon
🎁 5 gift present,birthday,christmas
🎗️ 5 reminder_ribbon
🎟️ 5 tickets
🎫 5 ticket
🎖️ 5 medal_military
🏆 5 trophy award,contest,winner
🏅 5 medal_sports gold,winner
🥇 5 1st_place_medal gold
🥈 5 2nd_place_medal silver
🥉 5 3rd_place_medal bronze
⚽ 5 soccer sports
⚾ 5 baseball sports
🥎 5 softball
🏀 5 basketball sports
🏐 5 volleyball
🏈 5 football sports
🏉 5 rugby_football
🎾 5 tennis sports
🥏 5 flying_disc
🎳 5 bowling
🏏 5 cricket_game
🏑 5 field_hockey
🏒 5 ice_hockey
🥍 5 lacrosse
🏓 5 ping_pong
🏸 5 badminton
🥊 5 boxing_glove
🥋 5 martial_arts_uniform
🥅 5 goal_net
⛳ 5 golf
⛸️ 5 ice_skate skating
🎣 5 fishing_pole_and_fish
🤿 5 diving_mask
🎽 5 running_shirt_with_sash marathon
🎿 5 ski
🛷 5 sled
🥌 5 curling_stone
🎯 5 dart target
🪀 5 yo_yo
🪁 5 kite
🔫 5 gun shoot,weapon
🎱 5 8ball pool,billiards
🔮 5 crystal_ball fortune
🪄 5 magic_wand
🎮 5 video_game play,controller,console
🕹️ 5 joystick
🎰 5 slot_machine
🎲 5 game_die dice,gambling
🧩 5 jigsaw
🧸 5 teddy_bear
🪅 5 pinata
🪩 5 mirror_ball disco,party
🪆 5 nesting_dolls
♠️ 5 spades
♥️ 5 hearts
♦️ 5 diamonds
♣️ 5 clubs
♟️ 5 chess_pawn
🃏 5 black_joker
🀄 5 mahjong
🎴 5 flower_playing_cards
🎭 5 performing_arts theater,drama
🖼️ 5 framed_picture
🎨 5 art design,paint
🧵 5 thread
🪡 5 sewing_needle
🧶 5 yarn
🪢 5 knot
👓 6 eyeglasses glasses
🕶️ 6 dark_sunglasses
🥽 6 goggles
🥼 6 lab_coat
🦺 6 safety_vest
👔 6 necktie shirt,formal
👕 6 shirt,tshirt
👖 6 jeans pants
🧣 6 scarf
🧤 6 gloves
🧥 6 coat
🧦 6 socks
👗 6 dress
👘 6 kimono
🥻 6 sari
🩱 6 one_piece_swimsuit
🩲 6 swim_brief
🩳 6 shorts
👙 6 bikini beach
👚 6 womans_clothes
🪭 6 folding_hand_fan sensu
👛 6 purse
👜 6 handbag bag
👝 6 pouch bag
🛍️ 6 shopping bags
🎒 6 school_satchel
🩴 6 thong_sandal
👞 6 mans_shoe,shoe
👟 6 athletic_shoe sneaker,sport,running
🥾 6 hiking_boot
🥿 6 flat_shoe
👠 6 high_heel shoe
👡 6 sandal shoe
🩰 6 ballet_shoes
👢 6 boot
🪮 6 hair_pick
👑 6 crown king,queen,royal
👒 6 womans_hat
🎩 6 tophat hat,classy
🎓 6 mortar_board education,college,university,graduation
🧢 6 billed_cap
🪖 6 military_helmet
⛑️ 6 rescue_worker_helmet
📿 6 prayer_beads
💄 6 lipstick makeup
💍 6 ring wedding,marriage,engaged
💎 6 gem diamond
🔇 6 mute sound,volume
🔈 6 speaker
🔉 6 sound volume
🔊 6 loud_sound volume
📢 6 loudspeaker announcement
📣 6 mega
📯 6 postal_horn
🔔 6 bell sound,notification
🔕 6 no_bell volume,off
🎼 6 musical_score
🎵 6 musical_note
🎶 6 notes music
🎙️ 6 studio_microphone podcast
🎚️ 6 level_slider
🎛️ 6 control_knobs
🎤 6 microphone sing
🎧 6 headphones music,earphones
📻 6 radio podcast
🎷 6 saxophone
🪗 6 accordion
🎸 6 guitar rock
🎹 6 musical_keyboard piano
🎺 6 trumpet
🎻 6 violin
🪕 6 banjo
🥁 6 drum
🪘 6 long_drum
🪇 6 maracas shaker
🪈 6 flute recorder
📱 6 iphone smartphone,mobile
📲 6 calling call,incoming
☎️ 6 phone,telephone
📞 6 telephone_receiver phone,call
📟 6 pager
📠 6 fax
🔋 6 battery power
🪫 6 low_battery
🔌 6 electric_plug
💻 6 computer desktop,screen
🖥️ 6 desktop_computer
🖨️ 6 printer
⌨️ 6 keyboard
🖱️ 6 computer_mouse
🖲️ 6 trackball
💽 6 minidisc
💾 6 floppy_disk save
💿 6 cd
📀 6 dvd
🧮 6 abacus
🎥 6 movie_camera film,video
🎞️ 6 film_strip
📽️ 6 film_projector
🎬 6 clapper film
📺 6 tv
📷 6 camera photo
📸 6 camera_flash photo
📹 6 video_camera
📼 6 vhs
🔍 6 mag search,zoom
🔎 6 mag_right
🕯️ 6 candle
💡 6 bulb idea,light
🔦 6 flashlight
🏮 6 izakaya_lantern,lantern
🪔 6 diya_lamp
📔 6 notebook_with_decorative_cover
📕 6 closed_book
📖 6 book,open_book
📗 6 green_book
📘 6 blue_book
📙 6 orange_book
📚 6 books library
📓 6 notebook
📒 6 ledger
📃 6 page_with_curl
📜 6 scroll document
📄 6 page_facing_up document
📰 6 newspaper press
🗞️ 6 newspaper_roll press
📑 6 bookmark_tabs
🔖 6 bookmark
🏷️ 6 label tag
💰 6 moneybag dollar,cream
🪙 6 coin
💴 6 yen
💵 6 dollar money
💶 6 euro
💷 6 pound
💸 6 money_with_wings dollar
💳 6 credit_card subscription
🧾 6 receipt
💹 6 chart
✉️ 6 envelope letter,email
📧 6 email,e-mail
📨 6 incoming_envelope
📩 6 envelope_with_arrow
📤 6 outbox_tray
📥 6 inbox_tray
📦 6 package shipping
📫 6 mailbox
📪 6 mailbox_closed
📬 6 mailbox_with_mail
📭 6 mailbox_with_no_mail
📮 6 postbox
🗳️ 6 ballot_box
✏️ 6 pencil2
✒️ 6 black_nib
🖋️ 6 fountain_pen
🖊️ 6 pen
🖌️ 6 paintbrush
🖍️ 6 crayon
📝 6 memo,pencil document,note
💼 6 briefcase business
📁 6 file_folder directory
📂 6 open_file_folder
🗂️ 6 card_index_dividers
📅 6 date calendar,schedule
📆 6 calendar schedule
🗒️ 6 spiral_notepad
🗓️ 6 spiral_calendar
📇 6 card_index
📈 6 chart_with_upwards_trend graph,metrics
📉 6 chart_with_downwards_trend graph,metrics
📊 6 bar_chart stats,metrics
📋 6 clipboard
📌 6 pushpin location
📍 6 round_pushpin location
📎 6 paperclip
🖇️ 6 paperclips
📏 6 straight_ruler
📐 6 triangular_ruler
✂️ 6 scissors cut
🗃️ 6 card_file_box
🗄️ 6 file_cabinet
🗑️ 6 wastebasket trash
🔒 6 lock security,private
🔓 6 unlock security
🔏 6 lock_with_ink_pen
🔐 6 closed_lock_with_key security
🔑 6 key lock,password
🗝️ 6 old_key
🔨 6 hammer tool
🪓 6 axe
⛏️ 6 pick
⚒️ 6 hammer_and_pick
🛠️ 6 hammer_and_wrench
🗡️ 6 dagger
⚔️ 6 crossed_swords
💣 6 bomb boom
🪃 6 boomerang
🏹 6 bow_and_arrow archery
🛡️ 6 shield
🪚 6 carpentry_saw
🔧 6 wrench tool
🪛 6 screwdriver
🔩 6 nut_and_bolt
⚙️ 6 gear
🗜️ 6 clamp
⚖️ 6 balance_scale
🦯 6 probing_cane
🔗 6 link
⛓️ 6 chains
🪝 6 hook
🧰 6 toolbox
🧲 6 magnet
🪜 6 ladder
⚗️ 6 alembic
🧪 6 test_tube
🧫 6 petri_dish
🧬 6 dna
🔬 6 microscope science,laboratory,investigate
🔭 6 telescope
📡 6 satellite signal
💉 6 syringe health,hospital,needle
🩸 6 drop_of_blood
💊 6 pill health,medicine
🩹 6 adhesive_bandage
🩼 6 crutch
🩺 6 stethoscope
🩻 6 x_ray
🚪 6 door
🛗 6 elevator
🪞 6 mirror
🪟 6 window
🛏️ 6 bed
🛋️ 6 couch_and_lamp
🪑 6 chair
🚽 6 toilet wc
🪠 6 plunger
🚿 6 shower bath
🛁 6 bathtub
🪤 6 mouse_trap
🪒 6 razor
🧴 6 lotion_bottle
🧷 6 safety_pin
🧹 6 broom
🧺 6 basket
🧻 6 roll_of_paper toilet
🪣 6 bucket
🧼 6 soap
🫧 6 bubbles
🪥 6 toothbrush
🧽 6 sponge
🧯 6 fire_extinguisher
🛒 6 shopping_cart
🚬 6 smoking cigarette
⚰️ 6 coffin funeral
🪦 6 headstone
⚱️ 6 funeral_urn
🧿 6 nazar_amulet
🪬 6 hamsa
🗿 6 moyai stone
🪧 6 placard
🪪 6 identification_card
🏧 7 atm
🚮 7 put_litter_in_its_place
🚰 7 potable_water
♿ 7 wheelchair accessibility
🚹 7 mens
🚺 7 womens
🚻 7 restroom toilet
🚼 7 baby_symbol
🚾 7 wc toilet,restroom
🛂 7 passport_control
🛃 7 customs
🛄 7 baggage_claim airport
🛅 7 left_luggage
⚠️ 7 warning wip
🚸 7 children_crossing
⛔ 7 no_entry limit
🚫 7 no_entry_sign block,forbidden
🚳 7 no_bicycles
🚭 7 no_smoking
🚯 7 do_not_litter
🚱 7 non-potable_water
🚷 7 no_pedestrians
📵 7 no_mobile_phones
🔞 7 underage
☢️ 7 radioactive
☣️ 7 biohazard
⬆️ 7 arrow_up
↗️ 7 arrow_upper_right
➡️ 7 arrow_right
↘️ 7 arrow_lower_right
⬇️ 7 arrow_down
↙️ 7 arrow_lower_left
⬅️ 7 arrow_left
↖️ 7 arrow_upper_left
↕️ 7 arrow_up_down
↔️ 7 left_right_arrow
↩️ 7 leftwards_arrow_with_hook return
↪️ 7 arrow_right_hook
⤴️ 7 arrow_heading_up
⤵️ 7 arrow_heading_down
🔃 7 arrows_clockwise
🔄 7 arrows_counterclockwise sync
🔙 7 back
🔚 7 end
🔛 7 on
🔜 7 soon
🔝 7 top
🛐 7 place_of_worship
⚛️ 7 atom_symbol
🕉️ 7 om
✡️ 7 star_of_david
☸️ 7 wheel_of_dharma
☯️ 7 yin_yang
✝️ 7 latin_cross
☦️ 7 orthodox_cross
☪️ 7 star_and_crescent
☮️ 7 peace_symbol
🕎 7 menorah
🔯 7 six_pointed_star
🪯 7 khanda
♈ 7 aries
♉ 7 taurus
♊ 7 gemini
♋ 7 cancer
♌ 7 leo
♍ 7 virgo
♎ 7 libra
♏ 7 scorpius
♐ 7 sagittarius
♑ 7 capricorn
♒ 7 aquarius
♓ 7 pisces
⛎ 7 ophiuchus
🔀 7 twisted_rightwards_arrows shuffle
🔁 7 repeat loop
🔂 7 repeat_one
▶️ 7 arrow_forward
⏩ 7 fast_forward
⏭️ 7 next_track_button
⏯️ 7 play_or_pause_button
◀️ 7 arrow_backward
⏪ 7 rewind
⏮️ 7 previous_track_button
🔼 7 arrow_up_small
⏫ 7 arrow_double_up
🔽 7 arrow_down_small
⏬ 7 arrow_double_down
⏸️ 7 pause_button
⏹️ 7 stop_button
⏺️ 7 record_button
⏏️ 7 eject_button
🎦 7 cinema film,movie
🔅 7 low_brightness
🔆 7 high_brightness
📶 7 signal_strength wifi
🛜 7 wireless wifi
📳 7 vibration_mode
📴 7 mobile_phone_off mute,off
♀️ 7 female_sign
♂️ 7 male_sign
⚧️ 7 transgender_symbol
✖️ 7 heavy_multiplication_x
➕ 7 heavy_plus_sign
➖ 7 heavy_minus_sign
➗ 7 heavy_division_sign
🟰 7 heavy_equals_sign
♾️ 7 infinity
‼️ 7 bangbang
⁉️ 7 interrobang
❓ 7 question confused
❔ 7 grey_question
❕ 7 grey_exclamation
❗ 7 exclamation,heavy_exclamation_mark bang
〰️ 7 wavy_dash
💱 7 currency_exchange
💲 7 heavy_dollar_sign
⚕️ 7 medical_symbol
♻️ 7 recycle environment,green
⚜️ 7 fleur_de_lis
🔱 7 trident
📛 7 name_badge
🔰 7 beginner
⭕ 7 o
✅ 7 white_check_mark
☑️ 7 ballot_box_with_check
✔️ 7 heavy_check_mark
❌ 7 x
❎ 7 negative_squared_cross_mark
➰ 7 curly_loop
➿ 7 loop
〽️ 7 part_alternation_mark
✳️ 7 eight_spoked_asterisk
✴️ 7 eight_pointed_black_star
❇️ 7 sparkle
©️ 7 copyright
®️ 7 registered
™️ 7 tm trademark
#️⃣ 7 hash number
*️⃣ 7 asterisk
0️⃣ 7 zero
1️⃣ 7 one
2️⃣ 7 two
3️⃣ 7 three
4️⃣ 7 four
5️⃣ 7 five
6️⃣ 7 six
7️⃣ 7 seven
8️⃣ 7 eight
9️⃣ 7 nine
🔟 7 keycap_ten
🔠 7 capital_abcd letters
🔡 7 abcd
🔢 7 1234 numbers
🔣 7 symbols
🔤 7 abc alphabet
🅰️ 7 a
🆎 7 ab
🅱️ 7 b
🆑 7 cl
🆒 7 cool
🆓 7 free
ℹ️ 7 information_source
🆔 7 id
Ⓜ️ 7 m
🆕 7 new fresh
🆖 7 ng
🅾️ 7 o2
🆗 7 ok yes
🅿️ 7 parking
🆘 7 sos help,emergency
🆙 7 up
🆚 7 vs
🈁 7 koko
🈂️ 7 sa
🈷️ 7 u6708
🈶 7 u6709
🈯 7 u6307
🉐 7 ideograph_advantage
🈹 7 u5272
🈚 7 u7121
🈲 7 u7981
🉑 7 accept
🈸 7 u7533
🈴 7 u5408
🈳 7 u7a7a
㊗️ 7 congratulations
㊙️ 7 secret
🈺 7 u55b6
🈵 7 u6e80
🔴 7 red_circle
🟠 7 orange_circle
🟡 7 yellow_circle
🟢 7 green_circle
🔵 7 large_blue_circle
🟣 7 purple_circle
🟤 7 brown_circle
⚫ 7 black_circle
⚪ 7 white_circle
🟥 7 red_square
🟧 7 orange_square
🟨 7 yellow_square
🟩 7 green_square
🟦 7 blue_square
🟪 7 purple_square
🟫 7 brown_square
⬛ 7 black_large_square
⬜ 7 white_large_square
◼️ 7 black_medium_square
◻️ 7 white_medium_square
◾ 7 black_medium_small_square
◽ 7 white_medium_small_square
▪️ 7 black_small_square
▫️ 7 white_small_square
🔶 7 large_orange_diamond
🔷 7 large_blue_diamond
🔸 7 small_orange_diamond
🔹 7 small_blue_diamond
🔺 7 small_red_triangle
🔻 7 small_red_triangle_down
💠 7 diamond_shape_with_a_dot_inside
🔘 7 radio_button
🔳 7 white_square_button
🔲 7 black_square_button
🏁 8 checkered_flag milestone,finish
🚩 8 triangular_flag_on_post
🎌 8 crossed_flags
🏴 8 black_flag
🏳️ 8 white_flag
🏳️‍🌈 8 rainbow_flag pride
🏳️‍⚧️ 8 transgender_flag
🏴‍☠️ 8 pirate_flag
🇦🇨 8 ascension_island
🇦🇩 8 andorra
🇦🇪 8 united_arab_emirates
🇦🇫 8 afghanistan
🇦🇬 8 antigua_barbuda
🇦🇮 8 anguilla
🇦🇱 8 albania
🇦🇲 8 armenia
🇦🇴 8 angola
🇦🇶 8 antarctica
🇦🇷 8 argentina
🇦🇸 8 american_samoa
🇦🇹 8 austria
🇦🇺 8 australia
🇦🇼 8 aruba
🇦🇽 8 aland_islands
🇦🇿 8 azerbaijan
🇧🇦 8 bosnia_herzegovina
🇧🇧 8 barbados
🇧🇩 8 bangladesh
🇧🇪 8 belgium
🇧🇫 8 burkina_faso
🇧🇬 8 bulgaria
🇧🇭 8 bahrain
🇧🇮 8 burundi
🇧🇯 8 benin
🇧🇱 8 st_barthelemy
🇧🇲 8 bermuda
🇧🇳 8 brunei
🇧🇴 8 bolivia
🇧🇶 8 caribbean_netherlands
🇧🇷 8 brazil
🇧🇸 8 bahamas
🇧🇹 8 bhutan
🇧🇻 8 bouvet_island
🇧🇼 8 botswana
🇧🇾 8 belarus
🇧🇿 8 belize
🇨🇦 8 canada
🇨🇨 8 cocos_islands keeling
🇨🇩 8 congo_kinshasa
🇨🇫 8 central_african_republic
🇨🇬 8 congo_brazzaville
🇨🇭 8 switzerland
🇨🇮 8 cote_divoire ivory
🇨🇰 8 cook_islands
🇨🇱 8 chile
🇨🇲 8 cameroon
🇨🇳 8 cn china
🇨🇴 8 colombia
🇨🇵 8 clipperton_island
🇨🇷 8 costa_rica
🇨🇺 8 cuba
🇨🇻 8 cape_verde
🇨🇼 8 curacao
🇨🇽 8 christmas_island
🇨🇾 8 cyprus
🇨🇿 8 czech_republic
🇩🇪 8 de flag,germany
🇩🇬 8 diego_garcia
🇩🇯 8 djibouti
🇩🇰 8 denmark
🇩🇲 8 dominica
🇩🇴 8 dominican_republic
🇩🇿 8 algeria
🇪🇦 8 ceuta_melilla
🇪🇨 8 ecuador
🇪🇪 8 estonia
🇪🇬 8 egypt
🇪🇭 8 western_sahara
🇪🇷 8 eritrea
🇪🇸 8 es spain
🇪🇹 8 ethiopia
🇪🇺 8 eu,european_union
🇫🇮 8 finland
🇫🇯 8 fiji
🇫🇰 8 falkland_islands
🇫🇲 8 micronesia
🇫🇴 8 faroe_islands
🇫🇷 8 fr france,french
🇬🇦 8 gabon
🇬🇧 8 gb,uk flag,british
🇬🇩 8 grenada
🇬🇪 8 georgia
🇬🇫 8 french_guiana
🇬🇬 8 guernsey
🇬🇭 8 ghana
🇬🇮 8 gibraltar
🇬🇱 8 greenland
🇬🇲 8 gambia
🇬🇳 8 guinea
🇬🇵 8 guadeloupe
🇬🇶 8 equatorial_guinea
🇬🇷 8 greece
🇬🇸 8 south_georgia_south_sandwich_islands
🇬🇹 8 guatemala
🇬🇺 8 guam
🇬🇼 8 guinea_bissau
🇬🇾 8 guyana
🇭🇰 8 hong_kong
🇭🇲 8 heard_mcdonald_islands
🇭🇳 8 honduras
🇭🇷 8 croatia
🇭🇹 8 haiti
🇭🇺 8 hungary
🇮🇨 8 canary_islands
🇮🇩 8 indonesia
🇮🇪 8 ireland
🇮🇱 8 israel
🇮🇲 8 isle_of_man
🇮🇳 8 india
🇮🇴 8 british_indian_ocean_territory
🇮🇶 8 iraq
🇮🇷 8 iran
🇮🇸 8 iceland
🇮🇹 8 it italy
🇯🇪 8 jersey
🇯🇲 8 jamaica
🇯🇴 8 jordan
🇯🇵 8 jp japan
🇰🇪 8 kenya
🇰🇬 8 kyrgyzstan
🇰🇭 8 cambodia
🇰🇮 8 kiribati
🇰🇲 8 comoros
🇰🇳 8 st_kitts_nevis
🇰🇵 8 north_korea
🇰🇷 8 kr korea
🇰🇼 8 kuwait
🇰🇾 8 cayman_islands
🇰🇿 8 kazakhstan
🇱🇦 8 laos
🇱🇧 8 lebanon
🇱🇨 8 st_lucia
🇱🇮 8 liechtenstein
🇱🇰 8 sri_lanka
🇱🇷 8 liberia
🇱🇸 8 lesotho
🇱🇹 8 lithuania
🇱🇺 8 luxembourg
🇱🇻 8 latvia
🇱🇾 8 libya
🇲🇦 8 morocco
🇲🇨 8 monaco
🇲🇩 8 moldova
🇲🇪 8 montenegro
🇲🇫 8 st_martin
🇲🇬 8 madagascar
🇲🇭 8 marshall_islands
🇲🇰 8 macedonia
🇲🇱 8 mali
🇲🇲 8 myanmar burma
🇲🇳 8 mongolia
🇲🇴 8 macau
🇲🇵 8 northern_mariana_islands
🇲🇶 8 martinique
🇲🇷 8 mauritania
🇲🇸 8 montserrat
🇲🇹 8 malta
🇲🇺 8 mauritius
🇲🇻 8 maldives
🇲🇼 8 malawi
🇲🇽 8 mexico
🇲🇾 8 malaysia
🇲🇿 8 mozambique
🇳🇦 8 namibia
🇳🇨 8 new_caledonia
🇳🇪 8 niger
🇳🇫 8 norfolk_island
🇳🇬 8 nigeria
🇳🇮 8 nicaragua
🇳🇱 8 netherlands
🇳🇴 8 norway
🇳🇵 8 nepal
🇳🇷 8 nauru
🇳🇺 8 niue
🇳🇿 8 new_zealand
🇴🇲 8 oman
🇵🇦 8 panama
🇵🇪 8 peru
🇵🇫 8 french_polynesia
🇵🇬 8 papua_new_guinea
🇵🇭 8 philippines
🇵🇰 8 pakistan
🇵🇱 8 poland
🇵🇲 8 st_pierre_miquelon
🇵🇳 8 pitcairn_islands
🇵🇷 8 puerto_rico
🇵🇸 8 palestinian_territories
🇵🇹 8 portugal
🇵🇼 8 palau
🇵🇾 8 paraguay
🇶🇦 8 qatar
🇷🇪 8 reunion
🇷🇴 8 romania
🇷🇸 8 serbia
🇷🇺 8 ru russia
🇷🇼 8 rwanda
🇸🇦 8 saudi_arabia
🇸🇧 8 solomon_islands
🇸🇨 8 seychelles
🇸🇩 8 sudan
🇸🇪 8 sweden
🇸🇬 8 singapore
🇸🇭 8 st_helena
🇸🇮 8 slovenia
🇸🇯 8 svalbard_jan_mayen
🇸🇰 8 slovakia
🇸🇱 8 sierra_leone
🇸🇲 8 san_marino
🇸🇳 8 senegal
🇸🇴 8 somalia
🇸🇷 8 suriname
🇸🇸 8 south_sudan
🇸🇹 8 sao_tome_principe
🇸🇻 8 el_salvador
🇸🇽 8 sint_maarten
🇸🇾 8 syria
🇸🇿 8 swaziland
🇹🇦 8 tristan_da_cunha
🇹🇨 8 turks_caicos_islands
🇹🇩 8 chad
🇹🇫 8 french_southern_territories
🇹🇬 8 togo
🇹🇭 8 thailand
🇹🇯 8 tajikistan
🇹🇰 8 tokelau
🇹🇱 8 timor_leste
🇹🇲 8 turkmenistan
🇹🇳 8 tunisia
🇹🇴 8 tonga
🇹🇷 8 tr turkey
🇹🇹 8 trinidad_tobago
🇹🇻 8 tuvalu
🇹🇼 8 taiwan
🇹🇿 8 tanzania
🇺🇦 8 ukraine
🇺🇬 8 uganda
🇺🇲 8 us_outlying_islands
🇺🇳 8 united_nations
🇺🇸 8 us flag,united,america
🇺🇾 8 uruguay
🇺🇿 8 uzbekistan
🇻🇦 8 vatican_city
🇻🇨 8 st_vincent_grenadines
🇻🇪 8 venezuela
🇻🇬 8 british_virgin_islands
🇻🇮 8 us_virgin_islands
🇻🇳 8 vietnam
🇻🇺 8 vanuatu
🇼🇫 8 wallis_futuna
🇼🇸 8 samoa
🇽🇰 8 kosovo
🇾🇪 8 yemen
🇾🇹 8 mayotte
🇿🇦 8 south_africa
🇿🇲 8 zambia
🇿🇼 8 zimbabwe
🏴󠁧󠁢󠁥󠁮󠁧󠁿 8 england
🏴󠁧󠁢󠁳󠁣󠁴󠁿 8 scotland
🏴󠁧󠁢󠁷󠁬󠁳󠁿 8 wales
`;
