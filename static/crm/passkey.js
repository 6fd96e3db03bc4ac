/* Passkeys: a form with data-passkey asks the browser for one before it is sent, and leaves its answer in its hidden field.
   data-passkey="create" makes a key, "get" uses one of the account's, "discover" uses any the browser has for this site. */
(() => {
  const optionsOf = async (form) => {
    if (form.dataset.passkey !== 'discover') {
      return JSON.parse(document.getElementById(form.dataset.options).textContent)
    }
    const response = await fetch(form.action, { headers: { Accept: 'application/json' }, credentials: 'same-origin' })
    if (!response.ok) throw new Error(`answer ${response.status}`)
    return (await response.json()).request_options
  }

  const ask = async (form) => {
    const options = await optionsOf(form)
    return form.dataset.passkey === 'create' ? window.webauthnJSON.create(options) : window.webauthnJSON.get(options)
  }

  document.querySelectorAll('form[data-passkey]').forEach((form) => {
    const answer = form.querySelector('[data-passkey-answer]') || form.querySelector('[name="credential"]')
    const trouble = form.querySelector('[data-passkey-trouble]')
    if (!window.PublicKeyCredential) {
      form.querySelectorAll('button').forEach((button) => { button.disabled = true })
      if (trouble) trouble.hidden = false
      return
    }
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      if (trouble) trouble.hidden = true
      try {
        answer.value = JSON.stringify(await ask(form))
      } catch (error) {
        if (trouble) trouble.hidden = false
        return
      }
      form.submit()
    })
  })

  document.querySelectorAll('[data-print]').forEach((button) => button.addEventListener('click', () => window.print()))
})()
