// The published example, but for the address, the model, the key and the file, which come from the environment.
const axios = require("axios");
const fs = require("fs");

const image = fs.readFileSync(process.env.PHOTO, {
    encoding: "base64"
});

axios({
    method: "POST",
    url: process.env.ADDRESS,
    params: {
        api_key: process.env.KEY
    },
    data: image,
    headers: {
        "Content-Type": "application/x-www-form-urlencoded"
    }
})
.then(function(response) {
    console.log(JSON.stringify(response.data));
})
.catch(function(error) {
    console.log(error.message);
});
