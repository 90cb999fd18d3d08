import type { Language } from '../types.ts';
import type { FindingCode, Quality } from './report.ts';

type Text = Record<Language, string>;

/** What to do about each finding, one sentence; `{value}` is its measure, rounded. */
export const ADVICE: Record<FindingCode, Text> = {
  face_small: {
    ru: 'Лицо занимает всего {value} пикселей: снимите ближе или пришлите более крупное изображение, чтобы рот не был размытым.',
    kk: 'Бет небәрі {value} пиксель: ауыз бұлыңғыр болмауы үшін жақынырақ түсіріңіз немесе үлкенірек сурет жіберіңіз.',
    en: 'The face is only {value} pixels wide: come closer or send a larger picture, or the mouth will be blurred.',
  },
  face_cut: {
    ru: 'Лицо обрезано краем кадра: оставьте вокруг головы и под подбородком немного места.',
    kk: 'Бет кадр шетімен қиылған: бастың айналасында және иектің астында сәл орын қалдырыңыз.',
    en: 'The edge of the picture cuts the face: leave some room around the head and below the chin.',
  },
  face_turned: {
    ru: 'Голова повёрнута на {value}°: смотрите в камеру, поворот до 20° подходит.',
    kk: 'Бас {value}° бұрылған: камераға қараңыз, 20°-қа дейінгі бұрылыс жарайды.',
    en: 'The head is turned by {value}°: look at the camera, up to 20° is fine.',
  },
  face_nodding: {
    ru: 'Голова наклонена вверх или вниз на {value}°: держите камеру на уровне глаз.',
    kk: 'Бас жоғары не төмен {value}° еңкейген: камераны көз деңгейінде ұстаңыз.',
    en: 'The head looks up or down by {value}°: hold the camera at the height of the eyes.',
  },
  face_tilted: {
    ru: 'Голова склонена набок на {value}°: держите её прямо или поверните снимок.',
    kk: 'Бас қырына {value}° қисайған: оны тік ұстаңыз немесе суретті бұрыңыз.',
    en: 'The head leans to one side by {value}°: keep it upright or turn the picture.',
  },
  face_unsure: {
    ru: 'Лицо распознаётся неуверенно: возьмите фотографию или реалистичный рисунок, где видны оба глаза, нос и рот.',
    kk: 'Бет анық танылмайды: екі көзі, мұрны мен аузы көрінетін фотосурет немесе шынайы сурет алыңыз.',
    en: 'The face is hard to recognise: use a photo or a realistic drawing that shows both eyes, nose and mouth.',
  },
  faces_several: {
    ru: 'В кадре несколько лиц ({value}), взято самое крупное: другое можно выбрать точкой face=x,y.',
    kk: 'Кадрда бірнеше бет бар ({value}), ең үлкені алынды: басқасын face=x,y нүктесімен таңдауға болады.',
    en: 'There are several faces ({value}) and the largest is used: pick another one by a point, face=x,y.',
  },
  blurred: {
    ru: 'Лицо нерезкое: протрите объектив, наведите фокус на лицо и снимайте без смаза при хорошем свете.',
    kk: 'Бет бұлыңғыр: объективті сүртіп, фокусты бетке келтіріп, жақсы жарықта қозғалтпай түсіріңіз.',
    en: 'The face is not sharp: clean the lens, focus on the face and hold still in good light.',
  },
  dark: {
    ru: 'Лицо слишком тёмное: повернитесь к окну или добавьте света спереди.',
    kk: 'Бет тым қараңғы: терезеге қараңыз немесе алдыңғы жақтан жарық қосыңыз.',
    en: 'The face is too dark: turn towards a window or add light from the front.',
  },
  bright: {
    ru: 'Лицо пересвечено: уменьшите экспозицию или уйдите от прямого света.',
    kk: 'Бет тым жарық: экспозицияны азайтыңыз немесе тура түскен жарықтан кетіңіз.',
    en: 'The face is overexposed: lower the exposure or step out of the direct light.',
  },
  light_uneven: {
    ru: 'Свет падает сбоку, половина лица в тени: осветите лицо спереди.',
    kk: 'Жарық бүйірден түседі, беттің жартысы көлеңкеде: бетті алдыңғы жақтан жарықтандырыңыз.',
    en: 'The light comes from one side and leaves half the face in shadow: light the face from the front.',
  },
  light_flat: {
    ru: 'Лицо почти без теней и деталей: уберите дымку или фильтр и снимайте при рассеянном, но ясном свете.',
    kk: 'Бетте көлеңке мен бөлшек жоқтың қасы: тұман не сүзгіні алып тастап, жұмсақ, бірақ айқын жарықта түсіріңіз.',
    en: 'The face has hardly any contrast: remove haze or filters and use soft but clear light.',
  },
  mouth_open: {
    ru: 'Рот приоткрыт: в паузах его придётся закрывать, поэтому лучше взять кадр с сомкнутыми губами.',
    kk: 'Ауыз сәл ашық: кідірістерде оны жабу керек болады, сондықтан еріндері жұмулы кадр алған жөн.',
    en: 'The mouth is open and has to be closed in every pause: better use a picture with the lips together.',
  },
  teeth: {
    ru: 'Видны зубы: на широкой улыбке рот может почти не двигаться. Послушайте фразу, а лучше возьмите снимок с сомкнутыми губами.',
    kk: 'Тістер көрініп тұр: кең күлкіде ауыз қозғалмай қалуы мүмкін. Бір сөйлем тыңдап көріңіз, ерні жұмулы сурет жақсырақ.',
    en: 'Teeth show: in a broad smile the mouth may hardly move. Try a sentence, or better take a picture with the lips together.',
  },
  mouth_covered: {
    ru: 'Рот чем-то закрыт: уберите маску, руку или микрофон от губ.',
    kk: 'Ауызды бірдеңе жауып тұр: масканы, қолды немесе микрофонды еріннен алыңыз.',
    en: 'Something covers the mouth: take the mask, hand or microphone away from the lips.',
  },
  beard: {
    ru: 'Борода или усы вокруг рта при речи могут смазываться: лучше всего получается короткая борода при ровном свете.',
    kk: 'Ауыз айналасындағы сақал-мұрт сөйлегенде бұлдырауы мүмкін: біркелкі жарықтағы қысқа сақал жақсырақ шығады.',
    en: 'A beard or moustache around the mouth may smear in speech: a short one in even light works best.',
  },
  frames_lost: {
    ru: 'На {value}% кадров лица не видно, губы там не двигаются: вырежьте эти места или не отворачивайтесь.',
    kk: 'Кадрлардың {value}%-ында бет көрінбейді, онда ерін қозғалмайды: ол жерлерді қиып тастаңыз немесе бұрылмаңыз.',
    en: 'No face is seen in {value}% of the frames, whose lips will not move: cut them out or keep facing the camera.',
  },
  face_brief: {
    ru: 'Кадров с лицом подряд всего {value}, аватаром стал один из них: снимите от пяти до пятнадцати секунд, где лицо видно.',
    kk: 'Бет қатарынан көрінетін кадр саны небәрі {value}, аватар солардың бірінен жасалды: бет көрініп тұрған бес-он бес секунд түсіріңіз.',
    en: 'Frames in a row that show the face: only {value}, and one of them became the avatar: film five to fifteen seconds that show it.',
  },
  loop_seam: {
    ru: 'Стык повтора заметен: начните и закончите видео в одной позе, сидя спокойно.',
    kk: 'Қайталау жігі байқалады: бейнені бір қалыпта, тыныш отырып бастап, сол қалыпта аяқтаңыз.',
    en: 'The joint of the loop shows: begin and end the video in the same pose, sitting still.',
  },
  clip_short: {
    ru: 'Из видео пригодилось меньше двух секунд, и их повторы бросаются в глаза: снимите от пяти до пятнадцати секунд.',
    kk: 'Бейненің екі секунданы толтырмайтын бөлігі ғана жарады, қайталануы көзге түседі: бес пен он бес секунд аралығында түсіріңіз.',
    en: 'Less than two seconds of the video can be used, and their repeating catches the eye: film five to fifteen seconds.',
  },
  clip_shortened: {
    ru: 'Видео длинное: взяты первые {value} с, остальное не нужно.',
    kk: 'Бейне ұзақ: алғашқы {value} с алынды, қалғаны қажет емес.',
    en: 'The video is long: its first {value} s were taken, the rest is not needed.',
  },
  picture_scaled: {
    ru: 'Исходник уменьшен, его длинная сторона была {value} пикселей: больше не требуется.',
    kk: 'Түпнұсқа кішірейтілді, ұзын қабырғасы {value} пиксель еді: одан артық қажет емес.',
    en: 'The source was scaled down from {value} pixels on its longer side: more is not needed.',
  },
};

/** What each quality promises. */
export const SUMMARY: Record<Quality, Text> = {
  good: {
    ru: 'Хорошо: аватар будет выглядеть естественно.',
    kk: 'Жақсы: аватар табиғи көрінеді.',
    en: 'Good: the avatar will look natural.',
  },
  fair: {
    ru: 'Приемлемо: аватар заговорит, но недостатки исходника будут заметны.',
    kk: 'Орташа: аватар сөйлейді, бірақ түпнұсқаның кемшіліктері байқалады.',
    en: 'Fair: the avatar will speak, but the weaknesses of the source will show.',
  },
  poor: {
    ru: 'Плохо: с этим исходником результат не будет убедительным, лучше взять другой.',
    kk: 'Нашар: бұл түпнұсқадан сенімді нәтиже шықпайды, басқасын алған жөн.',
    en: 'Poor: this source will not give a convincing result, better take another one.',
  },
};

/** The advice for a finding, its measure filled in. */
export function adviceOf(code: FindingCode, value?: number): Text {
  const fill = (text: string) => text.replace('{value}', value === undefined ? '' : String(Math.round(value)));
  const { ru, kk, en } = ADVICE[code];
  return { ru: fill(ru), kk: fill(kk), en: fill(en) };
}
