// window.words(language, components): set the page's language and title, and return updates that give the components with
// these ids the texts of the language. An update repeats all other props, because a component that is not mounted yet
// would lose them.
window.words = (language, components) => {
  const { i18n_translations: dictionary, components: all } = window.gradio_config;
  const text = dictionary[language];
  document.documentElement.lang = language;
  document.title = text.title;
  const given = Object.fromEntries(all.map(({ props }) => [props.elem_id, props.props]));
  return components.map((id) => ({ __type__: "update", props: { ...given[id], text } }));
};
