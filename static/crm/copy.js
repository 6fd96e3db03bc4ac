/* A button with data-copy puts the text of the element it names in the clipboard, and says so. */
document.querySelectorAll('[data-copy]').forEach((button) => {
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy)
    await navigator.clipboard.writeText(source.value || source.textContent.trim())
    button.querySelector('[data-copied]').hidden = false
  })
})
