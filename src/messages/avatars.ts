import { type Entry, entry } from './entry.ts';

/** Why there is no such avatar, none can be brought or deleted now, or one cannot be used. */
export const AVATARS = {
  avatar_unknown: entry(
    404,
    'Нет аватара «{avatar}»; есть: {known}',
    '«{avatar}» аватары жоқ; барлары: {known}',
    'There is no avatar "{avatar}"; there is: {known}',
  ),
  avatar_exists: entry(
    409,
    'Аватар «{avatar}» уже есть; удалите его или возьмите другой id',
    '«{avatar}» аватары бұрыннан бар; оны жойыңыз немесе басқа id алыңыз',
    'Avatar "{avatar}" exists already; delete it or take another id',
  ),
  avatar_preparing: entry(
    409,
    'Аватар «{avatar}» ещё готовится, повторите чуть позже',
    '«{avatar}» аватары әлі дайындалуда, сәл кейін қайталаңыз',
    'Avatar "{avatar}" is still being prepared, try again in a moment',
    true,
  ),
  avatar_bundled: entry(
    403,
    'Аватар «{avatar}» входит в поставку, удалить его нельзя',
    '«{avatar}» аватары жинаққа кіреді, оны жоюға болмайды',
    'Avatar "{avatar}" comes with the server and cannot be deleted',
  ),
  avatar_default: entry(
    403,
    'Аватар «{avatar}» выбран в настройке AVATAR; сначала выберите там другой',
    '«{avatar}» аватары AVATAR баптауында таңдалған; алдымен онда басқасын таңдаңыз',
    'Avatar "{avatar}" is the one of the setting AVATAR; choose another one there first',
  ),
  avatar_unusable: entry(
    422,
    'Папку аватара нельзя использовать: {detail}',
    'Аватар қалтасын қолдануға болмайды: {detail}',
    'The folder of the avatar cannot be used: {detail}',
  ),
  consent_required: entry(
    400,
    'Нужно согласие человека на снимке: пришлите поле "consent" со значением true',
    'Суреттегі адамның келісімі керек: "consent" өрісін true мәнімен жіберіңіз',
    'The person shown must have agreed: send the field "consent" with the value true',
  ),
  uploads_closed: entry(
    403,
    'Загрузка аватаров на этом сервере закрыта; её открывает настройка AVATAR_UPLOADS=on',
    'Бұл серверде аватар жүктеу жабық; оны AVATAR_UPLOADS=on баптауы ашады',
    'Uploading avatars is closed on this server; the setting AVATAR_UPLOADS=on opens it',
  ),
  face_not_found: entry(
    422,
    'Лицо не найдено; возьмите снимок одного человека, лицом к камере, при хорошем свете, лицо не меньше шестнадцатой части высоты',
    'Бет табылмады; камераға қараған бір адамның жарық жерде түсірілген суретін алыңыз, беті биіктіктің он алтыдан бірінен кем болмасын',
    'No face was found; use a picture of one person, upright, well lit and looking towards the camera, the face at least a sixteenth of its height',
  ),
  face_not_at_point: entry(
    422,
    'В точке {x},{y} лица нет; укажите точку на самом лице, в пикселях изображения, повёрнутого прямо, или уберите "face": тогда возьмётся самое крупное лицо',
    '{x},{y} нүктесінде бет жоқ; беттің өзіндегі нүктені тік тұрған суреттің пиксельдерімен көрсетіңіз немесе "face" өрісін алып тастаңыз: сонда ең үлкен бет алынады',
    'There is no face at the point {x},{y}; name a point on the face, in pixels of the upright picture, or leave "face" out: then the largest face is taken',
  ),
  preparation_failed: entry(
    500,
    'Серверу не удалось подготовить аватар, файл в этом не виноват; подробности в журнале сервера, он попробует ещё раз',
    'Сервер аватарды дайындай алмады, файлдың кінәсі жоқ; толығы сервер журналында, ол тағы да көреді',
    'The server failed to prepare the avatar, the file is not to blame; the server log says more, and it tries again',
    true,
  ),
} as const satisfies Record<string, Entry>;
