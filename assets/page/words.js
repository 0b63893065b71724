// window.words(language, components): that language's words out of Gradio's own dictionary, as updates for the components
// with these ids. Their other properties are said again: a component that is not there yet knows nothing but the update.
window.words = (language, components) => {
  const { i18n_translations: dictionary, components: all } = window.gradio_config;
  const text = dictionary[language];
  document.documentElement.lang = language;
  document.title = text.title;
  const given = Object.fromEntries(all.map(({ props }) => [props.elem_id, props.props]));
  return components.map((id) => ({ __type__: "update", props: { ...given[id], text } }));
};
