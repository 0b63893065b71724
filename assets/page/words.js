// window.words(language, components): set the page's language and title. `components` is a list of component ids.
// Return an update for each component, with the texts in the language. An update repeats all other props, because a
// component that is not mounted yet would lose the props that the update omits.
window.words = (language, components) => {
  const { i18n_translations: dictionary, components: all } = window.gradio_config;
  const text = dictionary[language];
  document.documentElement.lang = language;
  document.title = text.title;
  const given = Object.fromEntries(all.map(({ props }) => [props.elem_id, props.props]));
  return components.map((id) => ({ __type__: "update", props: { ...given[id], text } }));
};
