import type { Language } from '../src/types.ts';

/** Fixed texts of 100 words, so that numbers of different days can be compared. */
export const TEXTS: Record<Language, string> = {
  ru: `Доброе утро! Сегодня мы расскажем вам о погоде, дорогах и небольших радостях большого города. С утра над рекой стоял
туман, но к полудню обещают солнце и лёгкий ветер с юга. На проспекте ремонтируют мост, поэтому автобусы идут в объезд, и
лучше выйти из дома немного раньше обычного. В городском парке открылась выставка старых фотографий: на них дома, которых
давно уже нет, и люди, чьи внуки живут рядом с нами. Вечером в библиотеке пройдёт встреча с писателем, вход свободный для
всех желающих. Возьмите с собой друзей, хорошее настроение и обязательно тёплый шарф, потому что ночью снова станет
заметно холоднее, чем вчера.`,
  kk: `Қайырлы таң! Бүгін біз сіздерге ауа райы, жолдар және үлкен қаланың кішкентай қуаныштары туралы айтып береміз. Таңертең
өзен үстінде қалың тұман тұрды, бірақ түске қарай күн шығып, оңтүстіктен жеңіл жел соғады деп күтілуде. Даңғылда көпір
жөнделіп жатыр, сондықтан автобустар айналма жолмен жүреді, үйден әдеттегіден сәл ертерек шыққан дұрыс болады. Қалалық
саябақта ескі фотосуреттер көрмесі ашылды: онда баяғыда жоқ болған үйлер мен немерелері біздің қасымызда тұратын адамдар
бейнеленген. Кешке кітапханада жазушымен кездесу өтеді, кіру барлық қалаушыларға тегін әрі еркін. Достарыңызды, жақсы көңіл
күйіңізді ала келіңіз және міндетті түрде жылы мойынорағышты ұмытпаңыз, өйткені түнде ауа райы кешегіден де айтарлықтай қатты суытып кетеді.`,
  en: `Good morning! Today we will tell you about the weather, the roads and the small joys of a big city. There was fog over
the river at dawn, but by noon the sun should come out with a light wind from the south. The bridge on the avenue is
repaired, so buses take another way, and better leave home a little earlier than usual. A show of old photographs
has opened in the city park: houses that are long gone and people whose grandchildren live next door. In the evening the
library invites everyone to meet a famous writer today.`,
};
