module perennial.example/clients

go 1.21
