// Asks the server through node-postgres what client.pm wants to know: see there.
'use strict'
const { Client } = require('pg')
const readline = require('readline')

const escaped = v => v === null ? '\\N'
	: v.replace(/[\\\t\n]/g, c => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n' })[c])
const unescaped = v => v.replace(/\\([\\tn])/g, (_, c) => ({ '\\': '\\', t: '\t', n: '\n' })[c])
const say = (...fields) => process.stdout.write(fields.map(escaped).join('\t') + '\n')

function shown(value) {
	if (value === null) return null
	if (value instanceof Date) return value.toISOString()
	return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const parameter = {
	integer: Number,
	bigint: BigInt,
	double: Number,
	numeric: String,
	text: String,
	'text[]': list => list.split(','),
	timestamptz: text => new Date(text),
	interval: String,
	binary: text => Buffer.from(text.split(' ')[1] || '', 'hex'), // sent in binary, as bytes
}

async function answer(client, names, [sql, ...fields]) {
	const values = []
	for (let i = 0; i < fields.length; i += 2) {
		if (fields[i] === 'native') {
			const read = await client.query({ text: fields[i + 1], rowMode: 'array' })
			values.push(read.rows[0][0])
		} else {
			values.push(parameter[fields[i]](fields[i + 1]))
		}
	}
	const query = { name: 'n' + names(sql), text: sql, values, rowMode: 'array' }
	const result = await client.query(query)
	say('types', ...result.fields.map(f => String(f.dataTypeID)))
	for (const row of result.rows) say('row', ...row.map(shown))
}

async function main() {
	const client = new Client()
	await client.connect()
	const known = new Map() // each statement is prepared once, under a name
	const names = sql => {
		if (!known.has(sql)) known.set(sql, known.size)
		return known.get(sql)
	}
	for await (const line of readline.createInterface({ input: process.stdin })) {
		try {
			await answer(client, names, line.split('\t').map(unescaped))
		} catch (e) {
			say('error', String(e.code), e.message)
		}
		say('done')
	}
	await client.end()
}

main()
